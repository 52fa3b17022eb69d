"""Tables as the run published them: times, voices, campaigns and business figures."""

from typing import TYPE_CHECKING, Final

import polars as pl

from journeylab.errors import InputRefused
from journeylab.events import CHANNEL_ORDER
from journeylab.lab import business, periods
from journeylab.lab.choosing import Group
from journeylab.lab.explaining import question

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab

SURVEYS: Final = ("csat", "nps")
PERIODS: Final = {"day": "kpis_daily", "week": "kpis_weekly"}


@question
def touchpoints(lab: "Lab", /) -> pl.DataFrame:
    """The touchpoint inventory in the order of stages: ``touchpoints`` with stage_rank.

    Returns:
        One row per touchpoint, by stage, channel (web, email, chat, purchase, others) and
        name; those without a stage last. ``figures`` draw in this order.
    """
    ranks = {name: rank for rank, name in enumerate(CHANNEL_ORDER)}
    channel_rank = pl.col("channel").replace_strict(ranks, default=len(ranks))
    return (
        lab.table("touchpoints")
        .join(lab.table("stages").select("stage", "stage_rank"), on="stage", how="left")
        .sort("stage_rank", channel_rank, "channel", "touchpoint", nulls_last=True)
    )


@question
def kpis(lab: "Lab", /, *, where: str | None = None, segment: Group | None = None) -> pl.DataFrame:
    """The business figures: ``kpis``.

    Args:
        where: condition on columns of ``journeys``. Of some journeys: revenue, mean order and
            sales cycle; the others are of customers, conversations, surveys and the like.
        segment: segment, name of one, or period (from, before) of the journeys' start.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    lab._judge("kpis")
    published, rows_of = lab.table("kpis"), lab._rows_of(where, segment)
    return published if rows_of is None else business.kpis(published, rows_of)


@question
def kpis_by(
    lab: "Lab",
    /,
    period: str = "week",
    *,
    where: str | None = None,
    segment: Group | None = None,
) -> pl.DataFrame:
    """The business figures by ``day`` or ``week``: ``kpis_daily`` or ``kpis_weekly``.

    Args:
        period: ``day`` or ``week``.
        where: condition on columns of ``journeys``. Of some journeys: those started, their
            conversion, orders and revenue; sessions are not of journeys and are left out.
        segment: segment, name of one, or period (from, before) of the journeys' start.

    Raises:
        InputRefused: there is no such period, or a condition that cannot be read.
    """
    if period not in PERIODS:
        raise InputRefused(f"no period {period!r}", "Lab.kpis_by", "write 'day' or 'week'")
    published, rows_of = lab.table(PERIODS[period]), lab._rows_of(where, segment)
    if rows_of is None:
        return published
    walked = rows_of("walked_days", unit=period)
    return periods.kpis_by(lab._warehouse, published, walked, period)


@question
def stays(lab: "Lab", /) -> pl.DataFrame:
    """How long visits last and what ends them, open journeys included: ``stays``."""
    return lab.table("stays")


@question
def stay_curves(lab: "Lab", /) -> pl.DataFrame:
    """Share of the visits ended by each cause over time: ``stay_curves``."""
    return lab.table("stay_curves")


@question
def waiting_now(lab: "Lab", /) -> pl.DataFrame:
    """Customers who wait for us at the horizon, longest first: ``waiting_now``."""
    return lab.table("waiting_now")


@question
def voice(lab: "Lab", /, survey: str | None = None) -> pl.DataFrame:
    """What customers said per touchpoint and transition: ``voice``, delights first.

    Args:
        survey: ``csat`` or ``nps``; None for both.

    Raises:
        InputRefused: there is no such survey.
    """
    if survey not in (None, *SURVEYS):
        raise InputRefused(f"no survey {survey!r}", "Lab.voice", "write 'csat' or 'nps'")
    found = lab.table("voice")
    return found if survey is None else found.filter(survey=survey)


@question
def response_times(lab: "Lab", /) -> pl.DataFrame:
    """How soon agents answer, per channel and week: ``response_times``."""
    return lab.table("response_times")


@question
def campaigns(lab: "Lab", /) -> pl.DataFrame:
    """Mail campaigns from delivery to goal: ``campaigns``, largest first."""
    return lab.table("campaigns")


@question
def after_care_answers(lab: "Lab", /) -> pl.DataFrame:
    """Questions after the goal and how soon they were answered: ``after_care_answers``."""
    return lab.table("after_care_answers")
