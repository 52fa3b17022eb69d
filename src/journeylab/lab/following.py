"""What follows what: pairs of touchpoints, times between them, and where journeys begin and end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlglot import exp

from journeylab.errors import UnknownName
from journeylab.lab import compile, walking
from journeylab.lab.choosing import JOURNEY, Group, chosen, known_touchpoints
from journeylab.lab.selecting import counted_by_level
from journeylab.lab.spans import span_starts
from journeylab.warehouse import Warehouse

OCCURRENCES: Final = ("first", "last", "all")
#: Seconds at which spans of time begin where nobody says otherwise.
EDGES: Final = (0, 10, 60, 300, 900, 1800, 3600, 14400, 86400, 259200, 604800, 1209600, 2592000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which steps are looked at; ``Lab.directly_follows`` says what each means."""

    part: str = "before"
    repeats: str = "visits"
    where: str | None = None
    segment: Group | None = None
    pattern: str | None = None


def directly(warehouse: Warehouse, place: str, asked: Asked) -> pl.DataFrame:
    """What directly follows what; see ``Lab.directly_follows``."""
    return _answer(warehouse, "directly_follows", _flows(warehouse, place, asked))


def beside(
    warehouse: Warehouse, place: str, touchpoint: str, asked: Asked, *, comes_after: bool
) -> pl.DataFrame:
    """What comes right after a touchpoint, or before it; see ``Lab.next_steps``."""
    refuse_unknown_touchpoints(warehouse, place, touchpoint)
    own, other, share = (
        ("from_touchpoint", "to_touchpoint", "share_out")
        if comes_after
        else ("to_touchpoint", "from_touchpoint", "share_in")
    )
    found = directly(warehouse, place, asked).filter(pl.col(own) == touchpoint)
    counts = ("transitions", "journeys", "customers")
    waits = ("wait_p50_seconds", "wait_p90_seconds", "wait_mean_seconds")
    renamed = found.select(
        pl.col(other).alias("touchpoint"), *counts, pl.col(share).alias("share"), *waits
    )
    return renamed.sort("transitions", "touchpoint", descending=[True, False])


def eventually(warehouse: Warehouse, place: str, asked: Asked) -> pl.DataFrame:
    """What comes at some time after what; see ``Lab.eventually_follows``."""
    given = _flows(warehouse, place, asked)
    given["timed_flows"] = compile.template("timed_flows")
    return _answer(warehouse, "eventually_follows", given)


def times(
    warehouse: Warehouse,
    place: str,
    start: str,
    end: str,
    asked: Asked,
    *,
    occurrence: str,
    edges: Sequence[float] | None = None,
    as_spans: bool = False,
) -> pl.DataFrame:
    """How long it takes from one touchpoint to another, or how these times are spread."""
    walking.refuse_unknown("occurrence", occurrence, OCCURRENCES)
    refuse_unknown_touchpoints(warehouse, place, start, end)
    given = _flows(warehouse, place, asked)
    given["timed_flows"] = compile.template("timed_flows")
    given["anchors"] = compile.template(
        "anchors_between",
        touchpoint=start,
        end_touchpoint=end,
        occurrence=occurrence,
        is_by_journey=True,
        offset=0,
    )
    given["between_pairs"] = compile.template("between_pairs")
    if not as_spans:
        values = {"touchpoint": start, "end_touchpoint": end}
        return _answer(warehouse, "between_times", given, **values)
    starts = span_starts(EDGES if edges is None else edges, "Lab.time_between_spans")
    return _answer(warehouse, "between_spans", given, edges=starts)


def ends(
    warehouse: Warehouse,
    place: str,
    *,
    at_start: bool,
    where: str | None,
    segment: Group | None,
    pattern: str | None,
) -> pl.DataFrame:
    """Where journeys start or end, and how they fare; see ``Lab.start_touchpoints``."""
    column = "first_touchpoint" if at_start else "last_touchpoint"
    rows = exp.select(exp.column(column).as_("level"), *JOURNEY).from_(
        compile.published("journeys")
    )
    if at_start:  # where it began is not known of those that may have begun before the data
        rows = rows.where(exp.not_(exp.column("is_start_unknown")), copy=False)
    filtered = chosen(warehouse, place, where=where, group=segment, pattern=pattern)
    members: exp.Query = rows if filtered is None else compile.only(rows, among=filtered)
    named = exp.select(
        exp.Literal.string("all").as_("segment"), exp.column("level"), *map(exp.column, JOURNEY)
    ).from_(members.subquery("members_asked"))
    counted = counted_by_level(warehouse, named)
    return (
        counted.drop("segment")
        .rename({"level": "touchpoint"})
        .with_columns((pl.col("journeys") / pl.col("journeys").sum()).alias("share"))
        .sort("journeys", "touchpoint", descending=[True, False])
    )


def refuse_unknown_touchpoints(warehouse: Warehouse, place: str, *names: str) -> None:
    """Refuse touchpoints that do not exist.

    Raises:
        UnknownName: one does not; the nearest is named.
    """
    known = known_touchpoints(warehouse)
    for name in names:
        if name not in known:
            raise UnknownName.of("touchpoint", name, place, known)


def _flows(warehouse: Warehouse, place: str, asked: Asked) -> dict[str, exp.Query]:
    dials = walking.Dials(
        part=asked.part,
        repeats=asked.repeats,
        where=asked.where,
        segment=asked.segment,
        pattern=asked.pattern,
    )
    return walking.flow_tables(warehouse, place, dials)


def _answer(
    warehouse: Warehouse, template: str, given: dict[str, exp.Query], **values: object
) -> pl.DataFrame:
    return warehouse.frame(compile.composed(compile.template(template, **values), given))
