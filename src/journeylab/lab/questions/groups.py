"""Segments, and what parts two groups or two weeks."""

from typing import TYPE_CHECKING

import polars as pl

from journeylab.lab import (
    choosing,
    comparing,
    selecting,
)
from journeylab.lab.choosing import Group, Segment
from journeylab.lab.explaining import question

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def segments(lab: "Lab", /) -> pl.DataFrame:
    """Every level of every segment, built in or named in the segments file.

    Returns:
        One row per (segment, level), sorted so; level is null for journeys of which it is
        not known, ``true`` and ``false`` for segments of the file. Columns as
        ``journey_counts``.
    """
    return selecting.segments(lab._warehouse)


@question
def segment(
    lab: "Lab",
    /,
    name: str,
    level: str | None = "true",
    *,
    journeys: str | None = None,
    customers: str | None = None,
    pattern: str | None = None,
) -> Segment:
    """One level of a segment, as a filter for other questions.

    Args:
        name: a segment of the segments file, or ``first_channel``, ``source_group``,
            ``device``, ``value_band``, ``sales_cycle``, ``outcome``; any name where the
            segment is defined here.
        level: its level; None for the journeys of which it is not known. Segments of the
            file have ``true`` and ``false``.
        journeys: defines it by a condition on columns of ``journeys``.
        customers: defines it by a condition on columns of ``customers``.
        pattern: defines it by a path pattern.

    Raises:
        InputRefused: a definition that cannot be read, or several.
        UnknownName: there is no such segment or level.
    """
    told = {"journeys": journeys, "customers": customers, "pattern": pattern}
    return choosing.segment(lab._warehouse, lab._place, name, level, told)


@question
def compare(
    lab: "Lab",
    /,
    a: Group,
    b: Group | None = None,
    *,
    on: str = "edges",
    part: str = "before",
    where: str | None = None,
    within: Group | None = None,
    seed: int = 0,
) -> pl.DataFrame:
    """How the settled journeys of two groups differ, tested by permuting customers.

    Args:
        a: segment, name of one, or period (from, before) of the journeys' start.
        b: the same; None takes all other journeys. No journey may be in both.
        on: ``edges`` (share of the moves out of their source), ``nodes`` (reach,
            exit_rate, return_share) or ``kpis``.
        part: ``before`` or ``after`` the goal; ``kpis`` look before it.
        where: condition on columns of ``journeys``, for both groups.
        within: group of which both are parts, as a segment for two periods of it.
        seed: of the permutations.

    Returns:
        One row per measure and edge, node or KPI: value_a, value_b, difference (a - b)
        with _low and _high at 95 % for shares, effect_size (Cohen's h for shares, else
        difference ÷ value_b), p_value and p_adjusted (Benjamini-Hochberg over all rows),
        is_significant (at 5 %), n_a, n_b, customers_a, customers_b, is_insufficient, and
        the sizes of the groups. Surest differences first; KPIs in their own order.
        Differences are associated with the groups, not caused by what parts them.

    Raises:
        InputRefused: the groups share journeys, or an unknown word.
        NothingSettled: a group has no settled journey.
        UnknownName: a segment or column does not exist.
    """
    return comparing.compare(
        lab._warehouse,
        lab._place,
        a,
        b,
        on=on,
        part=part,
        where=where,
        within=lab._within(within),
        seed=seed,
        deals=lab._deals,
        kept=lab._kept,
    )


@question
def drift(
    lab: "Lab", /, *, part: str = "before", where: str | None = None, segment: Group | None = None
) -> pl.DataFrame:
    """How far the map of each week lies from that of all weeks before it.

    Args:
        part: ``before`` or ``after`` the goal.
        where: condition on columns of ``journeys``.
        segment: segment, name of one, or period of the journeys' start.

    Returns:
        One row per week in which settled journeys started, Mondays in UTC, in order:
        week_start_date, journeys, journeys_open (not settled yet and not counted else),
        customers, transitions, transitions_before, distance (total variation between
        the shares of edges, 0 to 1; null for the first week), is_immature (some of its
        journeys are not settled), is_insufficient. Few
        transitions alone make a distance: compare it with weeks of like size.

    Raises:
        InputRefused: a condition that cannot be read, or an unknown word.
        UnknownName: a segment or column does not exist.
    """
    return comparing.drift(
        lab._warehouse,
        lab._place,
        part=part,
        where=where,
        segment=lab._within(segment),
        kept=lab._kept,
    )
