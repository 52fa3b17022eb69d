"""How long it takes from one touchpoint to another, and when people come."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from journeylab.lab import arriving, following
from journeylab.lab.choosing import Group
from journeylab.lab.explaining import question

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def time_between(
    lab: "Lab",
    /,
    start: str,
    end: str,
    *,
    occurrence: str = "first",
    part: str = "before",
    repeats: str = "visits",
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """How long it takes from one touchpoint to another, whatever lies between.

    Args:
        start: touchpoint the time begins at, when it is left.
        end: touchpoint it ends at, when it is next entered in the same journey.
        occurrence: ``first`` or ``last`` visit to the first that led to the other, in each
            journey, or ``all`` of them.
        part: as in ``directly_follows``.
        repeats: as there.
        where: as there.
        segment: as there.
        pattern: as there.

    Returns:
        One row: from_touchpoint, to_touchpoint, journeys_from (that reached the first),
        journeys that came to the other, reached_share, customers, times, and min_, p10_, p50_,
        mean_, p90_ and max_seconds, null where nobody did. Those still on their way are not in
        the times: ``funnel`` and ``time_to_convert`` tell what becomes of them.

    Raises:
        InputRefused: as ``directly_follows``.
        UnknownName: no such touchpoint; the nearest is named.
    """
    asked = following.Asked(
        part=part, repeats=repeats, where=where, segment=lab._within(segment), pattern=pattern
    )
    return following.times(lab._warehouse, lab._place, start, end, asked, occurrence=occurrence)


@question
def time_between_spans(
    lab: "Lab",
    /,
    start: str,
    end: str,
    *,
    edges: Sequence[float] | None = None,
    occurrence: str = "first",
    part: str = "before",
    repeats: str = "visits",
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """How the times from one touchpoint to another are spread, as a histogram.

    Args:
        start: as in ``time_between``.
        end: as there.
        edges: seconds at which spans begin, rising from 0; None takes usual ones.
        occurrence: as there.
        part: as there.
        repeats: as there.
        where: as there.
        segment: as there.
        pattern: as there.

    Returns:
        One row per from_seconds (included): to_seconds (not included; null for the last),
        times, share of all times, share_so_far.

    Raises:
        InputRefused: as ``time_between``; edges that do not rise from 0.
        UnknownName: as ``time_between``.
    """
    asked = following.Asked(
        part=part, repeats=repeats, where=where, segment=lab._within(segment), pattern=pattern
    )
    return following.times(
        lab._warehouse,
        lab._place,
        start,
        end,
        asked,
        occurrence=occurrence,
        edges=edges,
        as_spans=True,
    )


@question
def arrivals(
    lab: "Lab",
    /,
    of: str = "journeys",
    *,
    period: str = "day",
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """How many arrive in each hour, day or week of the reporting zone.

    Args:
        of: ``journeys`` (their start), ``customers`` (the start of the first of their journeys
            asked), ``sessions``, ``events`` (bots left out), or a touchpoint, whose visits
            arrive.
        period: ``hour``, ``day`` or ``week`` (from Monday).
        where: as in ``directly_follows``.
        segment: as there.
        pattern: as there.

    Returns:
        One row per period from the first with an arrival to the horizon's, none left out:
        period_start_at in the reporting zone, arrivals, customers, hours (of the running
        period those up to the horizon; days on which clocks change have 23 or 25),
        arrivals_per_hour, is_immature (it is not over).

    Raises:
        InputRefused: an unknown word, sessions with a filter, or one that cannot be read.
        UnknownName: no such touchpoint, or a filter names what does not exist.
    """
    return arriving.arrivals(
        lab._warehouse,
        lab._place,
        of,
        period=period,
        where=where,
        segment=lab._within(segment),
        pattern=pattern,
    )
