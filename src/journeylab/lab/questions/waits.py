"""How soon journeys convert."""

from typing import TYPE_CHECKING

import polars as pl

from journeylab.analysis import time_to_convert as curves
from journeylab.errors import InputRefused
from journeylab.lab import (
    converting,
)
from journeylab.lab.choosing import Group, Segment
from journeylab.lab.explaining import question

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def time_to_convert(
    lab: "Lab",
    /,
    by: str | Segment | None = None,
    *,
    limit_days: float | None = None,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
    seed: int = 0,
) -> pl.DataFrame:
    """How soon journeys convert, open ones and those given up counted as what they are.

    Args:
        by: groups to compare: ``first_channel``, ``source_group``, ``device``,
            ``country``, ``first_touchpoint``, or a segment or the name of one. A segment
            told by what happened later favours those who lasted long enough for it.
        limit_days: of the restricted mean; None takes the longest time with 30 journeys at
            risk in every group that has it.
        where: condition on columns of ``journeys``.
        segment: segment, name of one, or period (from, before) of the journeys' start.
        pattern: path pattern the journeys must fit.
        seed: of the bootstrap.

    Returns:
        One row per level, most journeys first: journeys, customers, converted, dropped,
        open; read_seconds, the longest time with 30 at risk; converted_share by then
        (Aalen-Johansen: giving up competes, open journeys count while watched);
        time_to_convert_p50_seconds, by which half of that share has converted;
        restricted_mean_seconds without a conversion within limit_seconds; each with _low
        and _high from a bootstrap over customers; if_nobody_gave_up_p50_seconds
        (Kaplan-Meier, dropped journeys censored); log_rank_p_value of all levels, between
        customers; is_insufficient. Null where it cannot be read.

    Raises:
        InputRefused: a limit of zero, or groups that only the outcome tells.
        NoGoal: no journey asked reached a goal.
        UnknownName: no such group, column or touchpoint.
    """
    if limit_days is not None and not limit_days > 0:
        raise InputRefused(
            f"limit_days is {limit_days}", "Lab.time_to_convert", "choose more than 0 days"
        )
    times = converting.journey_times(
        lab._warehouse, lab._place, by=by, where=where, group=lab._within(segment), pattern=pattern
    )
    limit = None if limit_days is None else limit_days * 86_400
    return curves.time_to_convert(times, seed=seed, limit_seconds=limit)


@question
def conversion_curves(
    lab: "Lab",
    /,
    by: str | Segment | None = None,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
    seed: int = 0,
) -> pl.DataFrame:
    """The curves behind ``time_to_convert``: share converted, dropped and running by time.

    Args:
        by: as in ``time_to_convert``.
        where: as there.
        segment: as there.
        pattern: as there.
        seed: of the bootstrap.

    Returns:
        One row per (level, seconds), at 0 and up to 200 times of each level, levels in the
        order of ``time_to_convert``: converted_share with _low and _high, dropped_share and
        running_share (the three sum to 1), if_nobody_gave_up_share (Kaplan-Meier, dropped
        journeys censored), at_risk, is_insufficient (fewer than 30 at risk).

    Raises:
        InputRefused: groups that only the outcome tells.
        NoGoal: no journey asked reached a goal.
        UnknownName: no such group, column or touchpoint.
    """
    times = converting.journey_times(
        lab._warehouse, lab._place, by=by, where=where, group=lab._within(segment), pattern=pattern
    )
    return curves.conversion_curves(times, seed=seed)
