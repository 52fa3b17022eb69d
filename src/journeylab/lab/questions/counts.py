"""Tables a run publishes, counted anew for some journeys by the same models."""

from typing import TYPE_CHECKING, Final

import polars as pl

from journeylab.errors import InputRefused, UnknownName
from journeylab.lab.choosing import Group
from journeylab.lab.chosen import tables_of
from journeylab.lab.explaining import question

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab

#: Tables that can be counted for some journeys, and whether they need goals and settled ones.
COUNTED: Final = {
    "graph_nodes": False,
    "graph_edges": False,
    "stage_nodes": False,
    "stage_edges": False,
    "bottlenecks": True,
    "drop_offs": True,
    "drop_off_paths": True,
    "loops": False,
    "moments_of_influence": True,
    "next_moves": True,
    "opportunities": True,
    "ping_pong": False,
    "resampled_moves": True,
    "rework": False,
    "stage_kpis": True,
    "stays": False,
    "variants": False,
    "visits_by_outcome": True,
}


@question
def counted(
    lab: "Lab",
    /,
    *names: str,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> dict[str, pl.DataFrame]:
    """Several tables at once, as published, or of some journeys as in ``graph``.

    Args:
        names: of ``graph_nodes``, ``graph_edges``, ``stage_nodes``, ``stage_edges``,
            ``bottlenecks``, ``drop_offs``, ``drop_off_paths``, ``loops``,
            ``moments_of_influence``, ``next_moves``, ``opportunities``, ``ping_pong``,
            ``resampled_moves``, ``rework``, ``stage_kpis``, ``stays``, ``variants``,
            ``visits_by_outcome``. Tables asked for together share the work.
        where: condition on columns of ``journeys``.
        segment: segment, name of one, or period (from, before) of the journeys' start.
        pattern: path pattern the journeys must fit.

    Returns:
        name -> table.

    Raises:
        InputRefused: ``rework`` of some journeys, and the snapshot holds no events.
        NoGoal: no journey reached a goal, and a table is of rates.
        NothingSettled: no journey is settled, and a table is of rates.
        UnknownName: a table is not among those that can be counted so.
    """
    for name in names:
        if name not in COUNTED:
            raise UnknownName.of("table for some journeys", name, "Lab.counted", COUNTED)
    if any(COUNTED[name] for name in names):
        lab._judge(" and ".join(names))
    is_whole = not lab._held and where is None and segment is None and pattern is None
    if not is_whole and "rework" in names and "events" not in lab.tables:
        raise InputRefused(
            "rework of some journeys reads conversations from events, and this snapshot holds none",
            lab._place,
            "publish them: publish.events = true in journeylab.toml; or ask for all journeys",
        )
    if is_whole:
        return {name: lab.table(name) for name in names}
    if lab._kept is None:
        journeys = lab._chosen(where, segment, pattern)
        assert journeys is not None
        found = tables_of(lab._warehouse, journeys, names)
    else:
        choice = lab._choice(where, segment, pattern)
        found = lab._kept.tables_of(lab._warehouse, choice, names)
    return {name: lab._laid(name, rows) for name, rows in found.items()}


@question
def loops(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Loops people walk before the goal: ``loops``, or of some journeys; most walked first."""
    return lab.counted("loops", where=where, segment=segment, pattern=pattern)["loops"]


@question
def variants(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Distinct paths up to the goal: ``variants``, or of some journeys; most frequent first."""
    return lab.counted("variants", where=where, segment=segment, pattern=pattern)["variants"]


@question
def ping_pong(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Pairs people go to and fro between: ``ping_pong``, or of some journeys; most first."""
    return lab.counted("ping_pong", where=where, segment=segment, pattern=pattern)["ping_pong"]


@question
def rework(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Asking us again, on the same channel or another: ``rework``, or of some journeys.

    Args:
        where: condition on columns of ``journeys``.
        segment: segment, name of one, or period (from, before) of the journeys' start.
        pattern: path pattern the journeys must fit.

    Returns:
        One row per (part, from_channel, to_channel), most contacts first.

    Raises:
        InputRefused: a filter cannot be read, or needs events that the snapshot does not hold.
        UnknownName: a filter names what does not exist.
    """
    return lab.counted("rework", where=where, segment=segment, pattern=pattern)["rework"]


@question
def drop_offs(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Where journeys ended without a goal: ``drop_offs``, or of some as in ``graph``.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    return lab.counted("drop_offs", where=where, segment=segment, pattern=pattern)["drop_offs"]


@question
def drop_off_paths(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """What dropped journeys did last: ``drop_off_paths``, or of some as in ``graph``.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    return lab.counted("drop_off_paths", where=where, segment=segment, pattern=pattern)[
        "drop_off_paths"
    ]


@question
def next_moves(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Where people went next, by direction: ``next_moves``, or of some as in ``graph``.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    return lab.counted("next_moves", where=where, segment=segment, pattern=pattern)["next_moves"]


@question
def visits_by_outcome(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Where dropped journeys had been: ``visits_by_outcome``, or of some as in ``graph``.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    return lab.counted("visits_by_outcome", where=where, segment=segment, pattern=pattern)[
        "visits_by_outcome"
    ]


@question
def stage_kpis(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Who reaches each stage and drops there: ``stage_kpis``, or of some as in ``graph``.

    Returns:
        Rows by stage.

    Raises:
        NoGoal: no journey reached a goal.
        NothingSettled: no journey is settled.
    """
    return lab.counted("stage_kpis", where=where, segment=segment, pattern=pattern)["stage_kpis"]
