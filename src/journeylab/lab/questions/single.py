"""Single journeys: those of a pattern, those behind a row, and what came of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from journeylab.lab import selecting, telling
from journeylab.lab.choosing import Group
from journeylab.lab.explaining import question

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def journeys(
    lab: "Lab",
    /,
    pattern: str | None = None,
    *,
    where: str | None = None,
    segment: Group | None = None,
    limit: int | None = 1000,
) -> pl.DataFrame:
    """Journeys whose path fits a pattern, one row each.

    Args:
        pattern: for example ``"web:cart -> [^purchase:completed]* -> (end)"``, see
            ``journeylab.patterns.parse_pattern``; it is held against the steps up to the
            goal, service journeys left out. None takes all, service journeys too.
        where: condition on columns of ``journeys``.
        segment: segment, name of one, or period (from, before) of the journeys' start.
        limit: greatest number of rows; None for all. ``journey_counts`` counts them.

    Returns:
        Rows of ``journeys`` by customer_id and journey_number, and first_matched_step,
        last_matched_step (the leftmost match, its runs as long as they can be) and
        matches (those that do not overlap); null without a pattern.

    Raises:
        InputRefused: a pattern or condition that cannot be read; the column is shown.
        UnknownName: a touchpoint, column or segment does not exist.
    """
    return selecting.journeys(
        lab._warehouse, lab._place, pattern, where=where, segment=lab._within(segment), limit=limit
    )


@question
def matches(
    lab: "Lab",
    /,
    pattern: str,
    *,
    where: str | None = None,
    segment: Group | None = None,
    limit: int | None = 1000,
) -> pl.DataFrame:
    """Every place where a pattern fits: how often, from which step to which.

    Args:
        pattern: as in ``journeys``.
        where: condition on columns of ``journeys``.
        segment: segment, name of one, or period (from, before) of the journeys' start.
        limit: greatest number of rows; None for all.

    Returns:
        One row per match, by customer_id, journey_number and match_number; matches of a journey
        do not overlap and come from left to right. journey_id, outcome, matches (of the
        journey), first_step and last_step (null where the match holds no step), steps,
        first_touchpoint and last_touchpoint, duration_seconds from entering the first to
        entering the last, first_entered_at and last_entered_at.

    Raises:
        InputRefused: as ``journeys``.
        UnknownName: as ``journeys``.

    Example:
        ``lab.matches("web:cart -[>=1d]-> stage:convert")``
    """
    return selecting.pattern_matches(
        lab._warehouse,
        lab._place,
        pattern,
        where=where,
        segment=lab._within(segment),
        limit=limit,
    )


@question
def journey_counts(
    lab: "Lab",
    /,
    pattern: str | None = None,
    *,
    where: str | None = None,
    segment: Group | None = None,
) -> pl.DataFrame:
    """How many journeys fit a pattern, and how many of them convert.

    Args:
        pattern: as in ``journeys``.
        where: as in ``journeys``.
        segment: as in ``journeys``.

    Returns:
        One row, service journeys left out: journeys, customers, journeys_settled,
        converted (settled), customers_settled, conversion_rate with _low and _high,
        is_insufficient, and share of all journeys.

    Raises:
        InputRefused: as ``journeys``.
        UnknownName: as ``journeys``.
    """
    if lab._kept is not None:
        choice = lab._choice(where, segment, pattern)
        return lab._kept.remembered.of(
            f"journey_counts of {choice.name}",
            lambda: selecting.counts_of(telling.journey_counts(choice)),
        )
    return selecting.journey_counts(
        lab._warehouse, lab._place, pattern, where=where, segment=lab._within(segment)
    )


@question
def journeys_of(
    lab: "Lab",
    /,
    table: str,
    row: Mapping[str, Any],
    *,
    where: str | None = None,
    segment: Group | None = None,
    limit: int | None = 1000,
    **dials: Any,  # noqa: ANN401 - dials of paths, checked there
) -> pl.DataFrame:
    """Journeys behind one row of a table.

    Args:
        table: ``paths``, ``step_matrix``, ``graph_edges``, ``arcs`` (an edge of
            ``graph_edges`` by whether it goes back: is_return), ``graph_nodes``,
            ``drop_offs`` (those that ended there), ``drop_off_paths``, ``bottlenecks``,
            ``loops``, ``next_moves``,
            ``ping_pong``, ``stage_kpis``, ``stays``, ``variants``,
            ``visits_by_outcome`` (the dropped ones), ``waiting_now`` (by touchpoint),
            ``archetypes``, ``deviations`` or ``zombie_leads`` (all that stand at the row's
            touchpoint).
        row: the row, as ``frame.row(0, named=True)``; only its key is read.
        where: the condition the table was asked with.
        segment: the segment the table was asked with.
        limit: greatest number of rows; None for all.
        dials: for ``paths`` and ``step_matrix``, what it was asked with.

    Returns:
        Rows of ``journeys`` and ``occurrences``: how often each did it. Rows and
        occurrences add up to the row's ``journeys`` and ``transitions``, ``visits``,
        ``exits``, ``occurrences``, ``bounces``, ``stays`` or ``paths``; in ``bottlenecks`` to
        ``n`` visits for the slow face, to ``total`` for the others.

    Raises:
        InputRefused: the row lacks a column of the key.
        UnknownName: rows of that table do not lead to journeys.

    Example:
        ``lab.journeys_of("paths", picture.row(0, named=True), start="web:cart", steps=3)``
    """
    return selecting.journeys_of(
        lab._warehouse,
        lab._place,
        table,
        row,
        where=where,
        segment=lab._within(segment),
        limit=limit,
        dials=dials,
    )


@question
def journey_steps(lab: "Lab", /, customer_id: str, journey_id: str) -> pl.DataFrame:
    """The steps of one journey in their order: rows of ``steps``; none if there is none."""
    return selecting.journey_steps(lab._warehouse, customer_id, journey_id)


@question
def headline(
    lab: "Lab", /, *, where: str | None = None, segment: Group | None = None
) -> pl.DataFrame:
    """What came of journeys: the figures a page shows first.

    Args:
        where: condition on columns of ``journeys``.
        segment: segment, name of one, or period (from, before) of the journeys' start.

    Returns:
        One row, service journeys left out: journeys, customers, open; journeys_settled and
        customers_settled; over the settled ones converted, dropped and returned (came back
        to a touchpoint seen before), each with _rate, _rate_low and _rate_high (95 %, by
        customer); steps_p50 of the settled ones, time_to_goal_p50_seconds of those that
        converted; is_insufficient (fewer than 30 customers). Rates and medians are null
        where nothing is settled.

    Raises:
        InputRefused: a condition that cannot be read.
        UnknownName: a column or segment does not exist.
    """
    if lab._kept is not None:
        choice = lab._choice(where, segment)
        return lab._kept.remembered.of(
            f"headline of {choice.name}", lambda: selecting.headline_of(telling.headline(choice))
        )
    return selecting.headline(lab._warehouse, lab._place, where=where, segment=lab._within(segment))
