"""What follows what, and where journeys begin and end."""

from typing import TYPE_CHECKING, Any

import polars as pl

from journeylab.lab import following
from journeylab.lab.choosing import Group
from journeylab.lab.explaining import question

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def directly_follows(
    lab: "Lab",
    /,
    *,
    part: str = "before",
    repeats: str = "visits",
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """How often one touchpoint comes right after another, settled journeys or not.

    Args:
        part: ``before`` the goal, the goal included, or ``after`` it.
        repeats: what a step is, as in ``paths``: ``visits``, ``kept`` (each event, as
            process-mining tools count) or ``collapsed``.
        where: condition on columns of ``journeys``.
        segment: segment, name of one, period (from, before) of the journeys' start, or a list.
        pattern: path pattern the journeys must fit.

    Returns:
        One row per (from_touchpoint, to_touchpoint), most transitions first; paths come from
        ``(start)`` and go to ``(converted)``, ``(dropped)``, ``(open)`` or ``(end)``.
        transitions, journeys, customers, share_out (of the moves out of from_touchpoint),
        share_in (of those into to_touchpoint), wait_p50_seconds, wait_p90_seconds and
        wait_mean_seconds from leaving one to entering the other.

    Raises:
        InputRefused: an unknown word, or a filter that cannot be read.
        UnknownName: a filter names what does not exist.
    """
    return following.directly(
        lab._warehouse, lab._place, _asked(lab, part, repeats, where, segment, pattern)
    )


@question
def eventually_follows(
    lab: "Lab",
    /,
    *,
    part: str = "before",
    repeats: str = "visits",
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """In how many journeys one touchpoint comes at some time after another.

    Args:
        part: as in ``directly_follows``.
        repeats: as there.
        where: as there.
        segment: as there.
        pattern: as there.

    Returns:
        One row per (from_touchpoint, to_touchpoint), most journeys first: journeys in which
        the second came after the first visit to the first, customers, journeys_from (that
        reached the first), share of those, wait_p50_seconds and wait_p90_seconds from leaving
        that visit to entering the next one of the second. A touchpoint follows itself where
        journeys came back to it. Each journey counts once, where pm4py counts every pair.

    Raises:
        InputRefused: as ``directly_follows``.
        UnknownName: as there.
    """
    return following.eventually(
        lab._warehouse, lab._place, _asked(lab, part, repeats, where, segment, pattern)
    )


@question
def next_steps(
    lab: "Lab",
    /,
    touchpoint: str,
    *,
    part: str = "before",
    repeats: str = "visits",
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """What came right after the visits to a touchpoint.

    Args:
        touchpoint: the touchpoint left.
        part: as in ``directly_follows``.
        repeats: as there.
        where: as there.
        segment: as there.
        pattern: as there.

    Returns:
        One row per touchpoint that came next, or end, most transitions first: transitions,
        journeys, customers, share of the visits, and waits as in ``directly_follows``.

    Raises:
        InputRefused: as ``directly_follows``.
        UnknownName: no such touchpoint; the nearest is named.
    """
    asked = _asked(lab, part, repeats, where, segment, pattern)
    return following.beside(lab._warehouse, lab._place, touchpoint, asked, comes_after=True)


@question
def previous_steps(
    lab: "Lab",
    /,
    touchpoint: str,
    *,
    part: str = "before",
    repeats: str = "visits",
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """What came right before the visits to a touchpoint.

    Args:
        touchpoint: the touchpoint entered.
        part: as in ``directly_follows``.
        repeats: as there.
        where: as there.
        segment: as there.
        pattern: as there.

    Returns:
        As ``next_steps``; ``(start)`` where the journey began there.

    Raises:
        InputRefused: as ``directly_follows``.
        UnknownName: no such touchpoint; the nearest is named.
    """
    asked = _asked(lab, part, repeats, where, segment, pattern)
    return following.beside(lab._warehouse, lab._place, touchpoint, asked, comes_after=False)


@question
def step_matrix(
    lab: "Lab",
    /,
    *,
    steps: int = 10,
    top: int = 12,
    **dials: Any,  # noqa: ANN401 - dials of paths, checked there
) -> pl.DataFrame:
    """Where the paths stand at each step.

    Args:
        steps: columns, 1 to 50.
        top: touchpoints named in each column; the rest is ``(other)``.
        dials: as ``paths`` takes them.

    Returns:
        One row per (step, touchpoint), by step, most paths first: paths, share of all paths,
        and conversion_rate of the settled ones. The paths of each step add up to all of them:
        those that have ended stand at ``(converted)``, ``(dropped)``, ``(open)`` and so on.

    Raises:
        InputRefused: as ``paths``.
        UnknownName: as ``paths``.
    """
    moves = lab.paths(steps=steps, top=top, **dials)
    settled = pl.col("conversion_rate").is_not_null()
    weight = pl.when(settled).then(pl.col("journeys_settled")).otherwise(0)
    return (
        moves.group_by("step", pl.col("from_touchpoint").alias("touchpoint"))
        .agg(
            pl.col("paths").sum(),
            pl.col("share").sum(),
            ((pl.col("conversion_rate") * weight).sum() / weight.sum()).alias("conversion_rate"),
        )
        .with_columns(pl.col("conversion_rate").fill_nan(None))
        .filter(pl.col("step") > 0)
        .sort("step", "paths", "touchpoint", descending=[False, True, False])
    )


@question
def start_touchpoints(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Where journeys begin, and how those that begin there fare.

    Args:
        where: as in ``directly_follows``.
        segment: as there.
        pattern: as there.

    Returns:
        One row per touchpoint, most journeys first; service journeys, and those that may have
        begun before the data, are left out. journeys, share of them, customers,
        journeys_settled, converted of those, customers_settled, conversion_rate with _low and
        _high, is_insufficient.

    Raises:
        InputRefused: a filter cannot be read.
        UnknownName: a filter names what does not exist.
    """
    return following.ends(
        lab._warehouse,
        lab._place,
        at_start=True,
        where=where,
        segment=lab._within(segment),
        pattern=pattern,
    )


@question
def end_touchpoints(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Where journeys end: at the goal, at a loss, or where they were left.

    Args:
        where: as in ``directly_follows``; ``"outcome = 'lapsed'"`` tells where people fell silent.
        segment: as there.
        pattern: as there.

    Returns:
        As ``start_touchpoints``, by the last touchpoint up to the goal; service journeys are
        left out.

    Raises:
        InputRefused: a filter cannot be read.
        UnknownName: a filter names what does not exist.
    """
    return following.ends(
        lab._warehouse,
        lab._place,
        at_start=False,
        where=where,
        segment=lab._within(segment),
        pattern=pattern,
    )


def _asked(
    lab: "Lab",
    part: str,
    repeats: str,
    where: str | None,
    segment: Group | None,
    pattern: str | None,
) -> following.Asked:
    return following.Asked(
        part=part, repeats=repeats, where=where, segment=lab._within(segment), pattern=pattern
    )
