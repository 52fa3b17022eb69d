"""Dials of Lab.time_to_convert -> times of journeys by group, read from the database."""

from typing import Final

import polars as pl
from sqlglot import exp

from journeylab.errors import InputRefused, NoGoal, UnknownName
from journeylab.lab import compile
from journeylab.lab.choosing import (
    JOURNEY,
    LEVELS,
    Group,
    Segment,
    chosen,
    journeys_of_segment,
    segment,
)
from journeylab.segments import BUILT_IN, VALUE_BAND
from journeylab.warehouse import Warehouse

#: What is known of a journey when it starts: name -> column of ``journeys``.
KNOWN_AT_START: Final = {
    "first_channel": "entry_channel",
    "source_group": "source_group",
    "device": "device",
    "country": "country",
    "first_touchpoint": "first_touchpoint",
}
EVERYONE: Final = "(all)"

_WHERE: Final = "Lab.time_to_convert"


def journey_times(
    warehouse: Warehouse,
    place: str,
    *,
    by: str | Segment | None,
    where: str | None,
    group: Group | None,
    pattern: str | None,
) -> pl.DataFrame:
    """One row a journey with its group, customer, cause and time; see ``lab.journey_times``.

    Raises:
        InputRefused: groups that only the outcome tells, or an unreadable filter.
        NoGoal: no journey is left, or none reached a goal.
        UnknownName: no such segment, column or touchpoint.
    """
    filtered = chosen(warehouse, place, where=where, group=group, pattern=pattern)
    members: exp.Query = _members(warehouse, place, by)
    if filtered is not None:
        members = compile.only(members, among=filtered)
    query = compile.composed(compile.template("journey_times"), {"members": members})
    times = warehouse.frame(query)
    if not (times["cause"] == "goal").any():
        raise NoGoal(
            f"time to convert needs a goal, and none of {times.height} journeys reached one",
            place,
            "widen where, segment or pattern, or name goals that occur; journeys that may have"
            " begun before the data are left out",
        )
    return times


def _members(warehouse: Warehouse, place: str, by: str | Segment | None) -> exp.Query:
    if by is None:
        rows = compile.rows_where("journeys", JOURNEY, None)
        return compile.labelled(rows, level=EVERYONE)
    if isinstance(by, str) and by in KNOWN_AT_START:
        return exp.select(exp.column(KNOWN_AT_START[by]).as_("level"), *JOURNEY).from_(
            compile.published("journeys")
        )
    name = by if isinstance(by, str) else by.definition
    if name in {*BUILT_IN, *BUILT_IN.values(), VALUE_BAND}:
        raise InputRefused(
            f"{name!r} is known only by how journeys end",
            _WHERE,
            "group by what is known at their start: " + ", ".join(KNOWN_AT_START),
        )
    try:
        told = by if isinstance(by, Segment) else segment(warehouse, place, by, "true", {})
    except UnknownName as error:
        named = warehouse.rows("select segment from main.segments")
        known = [*KNOWN_AT_START, *(row[0] for row in named)]
        raise UnknownName.of("group", str(by), place, known) from error
    parts = []
    for level in LEVELS:
        one = Segment(told.name, level, told.kind, told.definition)
        parts.append(compile.labelled(journeys_of_segment(warehouse, one), level=level))
    return compile.stacked(parts)
