"""Funnels: how many take steps one after another, when, who, and what they did instead."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from journeylab.durations import Duration
from journeylab.lab import (
    funnel_followups,
    funnels,
)
from journeylab.lab.choosing import Group
from journeylab.lab.explaining import question
from journeylab.lab.funnel_dials import Funnel
from journeylab.lab.funnel_steps import Exclusion, StepLike

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def funnel(
    lab: "Lab",
    /,
    steps: Funnel | Sequence[StepLike],
    *,
    window: Duration | None = "14d",
    order: str = "sequential",
    entry: str = "any",
    per_step: Sequence[Duration | None] | None = None,
    exclude: Sequence[Exclusion | StepLike] = (),
    hold: str | Sequence[str] | None = None,
    tie_window: Duration | None = None,
    unit: str = "customer",
    breakdown: str | None = None,
    breakdown_at: str | int = "first",
    top: int = 6,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """How many take the steps of a funnel one after another, and where they drop.

    Events are read, mails and answers included, programs not; equal events in a row are
    not collapsed. ``docs/semantics.md`` has the rules with examples.

    Args:
        steps: two to twenty. A step is a touchpoint, a list of alternatives, a
            ``journeylab.Step`` with a condition on columns and properties of events, or
            that as a mapping. A ``journeylab.Funnel`` holds steps and dials in one;
            other arguments replace its dials where they differ from the defaults.
        window: longest time from the first step, inclusive, as ``"36h"`` or a timedelta;
            None for no limit.
        order: ``sequential`` lets other events come between, ``strict`` none, ``any``
            counts how many of the steps are done in whatever order.
        entry: ``any`` takes the attempt that gets furthest, ``first`` the one begun first,
            ``every`` counts each attempt.
        per_step: longest time from the step before, for each step but the first.
        exclude: what must not happen on the way: as a step is written, or a
            ``journeylab.Exclusion`` that says between which steps and to what effect.
        hold: column or property of events, or several, that must be equal along an
            attempt; events of which it is not known take no step.
        tie_window: neighbouring steps so near may come in either order.
        unit: who walks: ``customer``, ``journey`` or ``session``.
        breakdown: column of events, ``properties.<key>`` or segment whose levels are
            counted apart.
        breakdown_at: event it is read at: ``first`` or ``last`` of the attempt, number of
            a step, or ``all``, where an attempt may count under several levels.
        top: levels named, most frequent first; the rest is ``(other)``.
        where: condition on columns of ``journeys`` that the events belong to. Mails and
            answers belong to the journey of the action that follows, else to the last.
        segment: segment, name of one, or period (from, before) of the journeys' start.
        pattern: path pattern the journeys must fit.

    Returns:
        One row per (level, step), largest level first; level is null without a breakdown
        and where it is not known. step_name, is_optional; entered: attempts that took the
        step, and customers of them; converted: those that took a later one,
        conversion_rate of those that entered, with _low and _high; dropped; overall_rate:
        entered ÷ attempts that took step 1, with _low and _high (1 for step 1); time to the
        step taken next: time_to_next_mean_seconds, _p50_seconds and _p90_seconds; removed:
        attempts that came here and that an exclusion took out; is_insufficient. What
        speaks of the next step is null for the last.

    Raises:
        InputRefused: a dial is out of range, two do not go together, or nobody entered.
        UnknownName: a touchpoint, column or segment does not exist; the nearest is named.

    Example:
        ``lab.funnel(["web:product", ["web:cart", "chat:started"], "purchase:completed"])``
    """
    dials = {name: told for name, told in locals().items() if name not in ("lab", "steps")}
    return funnels.funnel(lab._warehouse, lab._place, _asked(lab, steps, dials))


@question
def funnel_trend(
    lab: "Lab",
    /,
    steps: Funnel | Sequence[StepLike],
    *,
    period: str = "week",
    step: int | None = None,
    **dials: Any,  # noqa: ANN401 - dials of funnel, checked there
) -> pl.DataFrame:
    """A funnel by the period in which its attempts began.

    Args:
        steps: as ``funnel`` takes them.
        period: ``day``, ``week`` or ``month``, in the reporting zone.
        step: step to reach; None for the last.
        dials: as ``funnel`` takes them; the window is needed.

    Returns:
        One row per (level, period_start_date): entered, customers, converted,
        conversion_rate with _low and _high, is_immature (its window was not over when the
        data ends: the rate can still rise), is_insufficient.

    Raises:
        InputRefused: as ``funnel``; no window.
        UnknownName: as ``funnel``.
    """
    asked = _asked(lab, steps, dials)
    return funnel_followups.trend(lab._warehouse, lab._place, asked, period=period, step=step)


@question
def funnel_times(
    lab: "Lab",
    /,
    steps: Funnel | Sequence[StepLike],
    *,
    from_step: int | None = None,
    to_step: int | None = None,
    edges: Sequence[float] | None = None,
    **dials: Any,  # noqa: ANN401 - dials of funnel, checked there
) -> pl.DataFrame:
    """How long attempts of a funnel took from one step to another, as a histogram.

    Args:
        steps: as ``funnel`` takes them.
        from_step: step the clock starts at; None for the first.
        to_step: step it stops at; None for the last.
        edges: seconds at which spans begin, rising from 0; None takes usual ones.
        dials: as ``funnel`` takes them.

    Returns:
        One row per (level, from_seconds): to_seconds (null for the last span), attempts,
        share of the attempts that took both steps, share_so_far.

    Raises:
        InputRefused: as ``funnel``; steps or edges that do not rise.
        UnknownName: as ``funnel``.
    """
    asked = _asked(lab, steps, dials)
    return funnel_followups.times(
        lab._warehouse,
        lab._place,
        asked,
        from_step=from_step,
        to_step=to_step,
        edges=edges,
    )


@question
def funnel_attempts(
    lab: "Lab",
    /,
    steps: Funnel | Sequence[StepLike],
    *,
    converted: bool | None = None,
    dropped_after: int | None = None,
    limit: int | None = 1000,
    **dials: Any,  # noqa: ANN401 - dials of funnel, checked there
) -> pl.DataFrame:
    """Who entered a funnel, and how far each attempt got.

    Args:
        steps: as ``funnel`` takes them.
        converted: those that reached the last step, or those that did not; None for both.
        dropped_after: only those whose last step is this; they add up to ``dropped``.
        limit: greatest number of rows; None for all.
        dials: as ``funnel`` takes them.

    Returns:
        One row per attempt, and level where it has several, by customer_id and begin:
        journey_id of the last event, which leads to ``journeys`` (null for context of no
        journey), unit_id, attempt_number, level, furthest_step, is_converted, is_removed,
        entered_at, reached_at, duration_seconds.

    Raises:
        InputRefused: as ``funnel``; a step that the funnel does not have.
        UnknownName: as ``funnel``.
    """
    asked = _asked(lab, steps, dials)
    return funnel_followups.attempts(
        lab._warehouse,
        lab._place,
        asked,
        converted=converted,
        dropped_after=dropped_after,
        limit=limit,
    )


@question
def funnel_instead(
    lab: "Lab",
    /,
    steps: Funnel | Sequence[StepLike],
    **dials: Any,  # noqa: ANN401 - dials of funnel, checked there
) -> pl.DataFrame:
    """What those who dropped after a step of a funnel did instead.

    Args:
        steps: as ``funnel`` takes them.
        dials: as ``funnel`` takes them.

    Returns:
        One row per (level, step, events_later, touchpoint), most attempts first:
        events_later counts from the last step they took, 1 to 3, whatever the window;
        ``(nothing)`` where no event came; attempts, share of those that dropped there,
        step_name.

    Raises:
        InputRefused: as ``funnel``.
        UnknownName: as ``funnel``.
    """
    asked = _asked(lab, steps, dials)
    return funnel_followups.instead(lab._warehouse, lab._place, asked)


def _asked(lab: "Lab", steps: Funnel | Sequence[StepLike], dials: Mapping[str, Any]) -> Funnel:
    """What is asked, held to the journeys the Lab is held to."""
    told = funnels.asked(steps, dials)
    return replace(told, segment=lab._within(told.segment))
