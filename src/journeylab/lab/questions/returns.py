"""Who comes back, and who is new, back again or gone quiet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from journeylab.lab import (
    returning,
)
from journeylab.lab.choosing import Group
from journeylab.lab.explaining import question

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def retention(
    lab: "Lab",
    /,
    start: str | Sequence[str] = returning.GOAL,
    returns: str | Sequence[str] = returning.ACTION,
    *,
    period: str = "week",
    counted: str = "on",
    periods: int = 12,
    start_where: str | None = None,
    return_where: str | None = None,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """How many customers come back, by the period in which they started.

    Args:
        start: what puts a customer into a cohort when done for the first time:
            ``(goal)``, ``(action)`` for any action, a touchpoint or several.
        returns: what counts as coming back: the same words.
        period: ``day``, ``week`` (from Monday) or ``month`` of the reporting zone.
        counted: ``on`` counts who came back in the period, ``on_or_after`` who did in it
            or any later one.
        periods: how many periods after the cohort's own are told, 1 to 400.
        start_where: condition on columns of ``events`` that a start must fit.
        return_where: the same for coming back.
        where: condition on columns of ``journeys``, for the journey of the first start;
            coming back counts whatever journey it is in.
        segment: segment, name of one, or period (from, before) of that journey's start.
            Who started before the period is not new in it.
        pattern: path pattern that journey must fit.

    Returns:
        One row per (cohort_date, period), sorted so; period 0 is the cohort's own and
        holds all of it. Columns: period_date, customers (size of the cohort), retained,
        is_immature (the period is not over, with ``on_or_after`` not over for a journey
        timeout), is_start_unknown (some may have started before the data begins),
        retention_rate (retained ÷ customers) with _low and _high, is_insufficient. Rows
        with a null cohort_date come last: the mean of all cohorts over cells that are
        over, weighted by size.

    Raises:
        InputRefused: an unknown word, a number out of range, an unreadable condition, or
            nobody fits it.
        NoGoal: no customer asked reached a goal, where that is the start.
        UnknownName: no such touchpoint, column or segment.
    """
    dials = returning.Dials(
        start=returning.Condition(what=start, where=start_where, name="start"),
        back=returning.Condition(what=returns, where=return_where, name="returns"),
        unit=period,
        where=where,
        segment=lab._within(segment),
        pattern=pattern,
    )
    return returning.retention(lab._warehouse, lab._place, dials, counted=counted, periods=periods)


@question
def lifecycle(
    lab: "Lab",
    /,
    activity: str | Sequence[str] = returning.ACTION,
    *,
    period: str = "week",
    activity_where: str | None = None,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Who is new, returning, back after a pause or gone quiet, period by period.

    Args:
        activity: what counts as being active: ``(action)``, ``(goal)``, a touchpoint or
            several.
        period: ``day``, ``week`` (from Monday) or ``month`` of the reporting zone.
        activity_where: condition on columns of ``events`` that it must fit.
        where: condition on columns of ``journeys``, for the journey in which a customer
            was active first; all their activity counts then.
        segment: segment, name of one, or period (from, before) of that journey's start.
        pattern: path pattern that journey must fit.

    Returns:
        One row per period from the first with activity to the horizon's, none left out:
        period_date, active_customers = new_customers + returning_customers (active in the
        period before too) + resurrected_customers (active earlier), dormant_customers
        (active in the period before and not in this; null while it runs),
        active_customers_before = returning + dormant, is_immature (the period runs),
        is_start_unknown (some new ones may have been active before the data begins),
        returning_rate (÷ active_customers_before) with _low and _high, is_insufficient.

    Raises:
        InputRefused: an unknown word, an unreadable condition, or nobody fits it.
        NoGoal: no customer asked reached a goal, where that is the activity.
        UnknownName: no such touchpoint, column or segment.
    """
    asked = returning.Condition(what=activity, where=activity_where, name="activity")
    dials = returning.Dials(
        start=asked,
        back=asked,
        unit=period,
        where=where,
        segment=lab._within(segment),
        pattern=pattern,
    )
    return returning.lifecycle(lab._warehouse, lab._place, dials)
