"""Segments, conditions, periods and patterns -> the query of the journeys they choose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from sqlglot import exp

from journeylab.errors import InputRefused, UnknownName
from journeylab.lab import compile
from journeylab.parameters import naive_utc
from journeylab.patterns import Pattern, parse_pattern, spelling
from journeylab.predicates import parse_where
from journeylab.segments import BUILT_IN, KINDS, VALUE_BAND, checked
from journeylab.warehouse import Warehouse

JOURNEY: Final = ("customer_id", "journey_id")
#: Levels of a segment that somebody named: in it, not in it; null where it cannot be said.
LEVELS: Final = ("true", "false", None)


@dataclass(frozen=True, slots=True)
class Segment:
    """Journeys that share something: one level of a segment, as a filter of questions.

    Attributes:
        name: name of the segment.
        level: its level; None is the group of those of which it is not known.
        kind: ``journeys``, ``customers`` or ``pattern`` by its definition, or ``built in``.
        definition: the condition or pattern; the column of a built-in one.
    """

    name: str
    level: str | None
    kind: str
    definition: str

    def __str__(self) -> str:
        return f"{self.name} = {'(none)' if self.level is None else self.level}"


Period = tuple[date | datetime | str | None, date | datetime | str | None]
#: What may stand for a group: a segment or its name, a period by the journeys' start, or a list
#: of groups that must all hold.
Group = Segment | str | Period | list["Group"]

_OUTCOMES: Final = {
    "converted": ("converted",),
    "dropped": ("lost", "lapsed"),
    "lost": ("lost",),
    "lapsed": ("lapsed",),
    "open": ("open",),
    "service": ("service",),
}


def groups(
    warehouse: Warehouse,
    place: str,
    *,
    period: Period | None,
    segment: Group | None,
    channel: str | None,
    outcome: str | None,
    pattern: str | None,
    where: str | None,
) -> list[Group]:
    """What ``Lab.only`` is told, each part a group of journeys, read once so that faults show.

    Raises:
        InputRefused: an outcome, condition, period or pattern that cannot be read.
        UnknownName: a channel, column, segment or touchpoint does not exist.
    """
    told: list[Group] = [group for group in (period, segment) if group is not None]
    if channel is not None:
        known = [row[0] for row in warehouse.rows("select distinct channel from main.touchpoints")]
        if channel not in known:
            raise UnknownName.of("channel", channel, place, known)
        held = exp.func("list_contains", exp.column("channel_names"), exp.convert(channel))
        told.append(Segment("channel", "true", "journeys", held.sql(dialect="duckdb")))
    if outcome is not None:
        if outcome not in _OUTCOMES:
            raise UnknownName.of("outcome", outcome, "Lab.only", _OUTCOMES)
        meant = exp.column("outcome").isin(*_OUTCOMES[outcome])
        told.append(Segment("outcome", "true", "journeys", meant.sql(dialect="duckdb")))
    if where is not None:
        told.append(Segment("where", "true", "journeys", where))
    if pattern is not None:
        told.append(Segment("pattern", "true", "pattern", pattern))
    chosen(warehouse, place, group=told)
    return told


def segment(
    warehouse: Warehouse, place: str, name: str, level: str | None, told: dict[str, str | None]
) -> Segment:
    """One level of a named, a built-in or a segment told here.

    Raises:
        InputRefused: more than one definition, or none that can be read.
        UnknownName: there is no such segment or level.
    """
    given = {kind: text for kind, text in told.items() if text is not None}
    if len(given) > 1:
        raise InputRefused(
            f"one of {', '.join(KINDS)} is wanted", "Lab.segment", "give one definition"
        )
    if not given and (name in BUILT_IN or name == VALUE_BAND):
        return Segment(name, level, "built in", BUILT_IN.get(name, VALUE_BAND))
    for kind, definition in given.items():
        made = Segment(name, level, kind, definition)
        checked(kind, definition)
        break
    else:
        rows = warehouse.rows(
            "select segment, kind, definition from main.segments order by segment"
        )
        found = [row for row in rows if row[0] == name]
        if not found:
            known = [*(row[0] for row in rows), *BUILT_IN, VALUE_BAND]
            raise UnknownName.of("segment", name, place, known)
        made = Segment(name, level, found[0][1], found[0][2])
    if level not in LEVELS:
        raise UnknownName.of("level", str(level), f"segment {name!r}", ["true", "false"])
    return made


def journeys_of_segment(warehouse: Warehouse, wanted: Segment) -> exp.Select:
    """The journeys of one level of a segment."""
    if wanted.kind == "built in":
        if wanted.definition != VALUE_BAND:
            return _every().where(_same(wanted.definition, wanted.level), copy=False)
        bands = _built_in(VALUE_BAND).subquery("levels")
        return exp.select(*JOURNEY).from_(bands).where(_same("level", wanted.level), copy=False)
    if wanted.kind == "pattern":
        fits = _fits(warehouse, wanted.definition)
        if wanted.level == "true":
            return exp.select(*JOURNEY).from_(fits.subquery("fitting"))
        walked = _walked()
        if wanted.level is None:
            return compile.without(_every(), among=walked)
        return compile.without(walked, among=fits)
    text = checked(wanted.kind, wanted.definition)
    held = compile.condition(text)
    if wanted.level is None:
        held = exp.paren(held).is_(exp.null())
    elif wanted.level == "false":
        held = exp.not_(held)
    if wanted.kind == "journeys":
        return _every().where(held, copy=False)
    rows = exp.select("*").from_(compile.published(wanted.kind)).where(held, copy=False)
    return compile.only(_every(), among=rows, on=["customer_id"])


def every_segment(warehouse: Warehouse) -> exp.Query:
    """Segment, level and journey, one row for each segment a journey is told of."""
    parts: list[exp.Query] = []
    for name in (*BUILT_IN, VALUE_BAND):
        rows = _built_in(BUILT_IN.get(name, VALUE_BAND))
        parts.append(
            exp.select(exp.Literal.string(name).as_("segment"), "level", *JOURNEY).from_(
                rows.subquery("levels")
            )
        )
    for name, kind, definition in warehouse.rows(
        "select segment, kind, definition from main.segments order by segment"
    ):
        for level in LEVELS:
            chosen = journeys_of_segment(warehouse, Segment(name, level, kind, definition))
            parts.append(compile.labelled(chosen, segment=name, level=level))
    return compile.stacked(parts)


def segment_names(warehouse: Warehouse) -> list[str]:
    """Names of all segments, the built-in ones first."""
    rows = warehouse.rows("select segment from main.segments order by segment")
    return [*BUILT_IN, VALUE_BAND, *(row[0] for row in rows)]


def levels_of_segment(warehouse: Warehouse, name: str) -> exp.Query:
    """Level and journey, one row for each journey, of one segment by its name."""
    if name in BUILT_IN or name == VALUE_BAND:
        return _built_in(BUILT_IN.get(name, VALUE_BAND))
    kind, definition = warehouse.rows(
        "select kind, definition from main.segments where segment = $name", {"name": name}
    )[0]
    return compile.stacked(
        [
            compile.labelled(
                journeys_of_segment(warehouse, Segment(name, level, kind, definition)), level=level
            )
            for level in LEVELS
        ]
    )


def chosen(
    warehouse: Warehouse,
    place: str,
    *,
    where: str | None = None,
    group: Group | None = None,
    pattern: str | None = None,
) -> exp.Query | None:
    """The journeys that a condition, a group and a pattern leave, or None for no filter.

    Args:
        warehouse: the snapshot.
        place: its name, for errors.
        where: a condition on columns of ``journeys``.
        group: a segment, the name of one, or a period (from, before) of the journeys' start.
        pattern: a path pattern.

    Raises:
        InputRefused: a condition, period or pattern that cannot be read.
        UnknownName: a column, segment or touchpoint does not exist.
    """
    told = parts(warehouse, place, where=where, group=group, pattern=pattern)
    if not told:
        return None
    rows = _every()
    for part in told:
        if compile.is_plain(part):
            rows = rows.where(part.args["where"].this, copy=False)
    for part in told:
        if not compile.is_plain(part):
            rows = compile.only(rows, among=part)
    return rows


def parts(
    warehouse: Warehouse,
    place: str,
    *,
    where: str | None = None,
    group: Group | None = None,
    pattern: str | None = None,
) -> list[exp.Query]:
    """The queries of journeys that must all hold, as ``chosen`` takes them; none for no filter."""
    told: list[exp.Query] = []
    if where is not None:
        text = parse_where(where, warehouse.columns("main.journeys"), table="journeys")
        condition = compile.condition(text)
        conditions = condition.flatten() if isinstance(condition, exp.And) else [condition]
        told += [_every().where(one.copy(), copy=False) for one in conditions]
    told += [_journeys_of(warehouse, place, part) for part in _parts(group)]
    if pattern is not None:
        told.append(_fits(warehouse, pattern))
    return told


def read_pattern(warehouse: Warehouse, text: str) -> Pattern:
    """A pattern whose touchpoints and stages exist.

    Raises:
        InputRefused: it cannot be read.
        UnknownName: a touchpoint does not exist.
    """
    stages: dict[str, list[str]] = {
        row[0]: [] for row in warehouse.rows("select stage from main.stages order by stage_rank")
    }
    rows = warehouse.rows("select stage, touchpoint from main.touchpoints where stage is not null")
    for stage, touchpoint in rows:
        stages.setdefault(stage, []).append(touchpoint)
    return parse_pattern(text, known_touchpoints(warehouse), stages)


def known_touchpoints(warehouse: Warehouse) -> list[str]:
    """Every touchpoint that is defined or occurs, sorted."""
    rows = warehouse.rows("select touchpoint from main.touchpoints order by touchpoint")
    return [row[0] for row in rows]


def matches(pattern: Pattern, template: str = "matches") -> exp.Query:
    """Journeys that fit a pattern with where they do, or each match by ``pattern_matches``."""
    told = spelling(pattern)
    spelled = compile.template("spelled_paths", names=told.names, edges_us=told.edges_us)
    return compile.with_given(
        compile.template(template, regex=told.regex), {"spelled_paths": spelled}
    )


def _parts(group: Group | None) -> list[Segment | str | Period]:
    """The groups that must all hold, lists within lists laid flat."""
    if group is None:
        return []
    if isinstance(group, list):
        return [part for inner in group for part in _parts(inner)]
    return [group]


def _journeys_of(warehouse: Warehouse, place: str, group: Segment | str | Period) -> exp.Query:
    if isinstance(group, str):
        group = segment(warehouse, place, group, "true", {})
    if isinstance(group, Segment):
        return journeys_of_segment(warehouse, group)
    return _started(group)


def _fits(warehouse: Warehouse, text: str) -> exp.Query:
    return matches(read_pattern(warehouse, text))


def _every() -> exp.Select:
    return compile.rows_where("journeys", JOURNEY, None)


def _same(column: str, level: str | None) -> exp.Condition:
    named = exp.column(column)
    return named.is_(exp.null()) if level is None else named.eq(level)


def _walked() -> exp.Select:
    """Journeys with a path up to a goal: all but service ones."""
    return _every().where(exp.column("outcome").neq("service"), copy=False)


def _built_in(column: str) -> exp.Query:
    if column == VALUE_BAND:
        return compile.template("value_bands")
    return exp.select(exp.column(column).as_("level"), *JOURNEY).from_(
        compile.published("journeys")
    )


def _started(period: Sequence[Any]) -> exp.Select:
    if len(period) != 2:
        raise InputRefused(
            f"{period!r} is no period", "the group given", "write (from, before), None for open"
        )
    query = _every()
    started = exp.column("started_at")
    first, before = (_instant(told) for told in period)
    if first is not None:
        query = query.where(started.copy() >= exp.convert(first), copy=False)
    if before is not None:
        query = query.where(started.copy() < exp.convert(before), copy=False)
    return query


def _instant(told: date | datetime | str | None) -> datetime | None:
    if told is None:
        return None
    if isinstance(told, str):
        try:
            told = datetime.fromisoformat(told)
        except ValueError as error:
            raise InputRefused(
                f"{told!r} is no day or instant", "the period given", 'write "2026-03-01"'
            ) from error
    return naive_utc(told) if isinstance(told, datetime) else datetime.combine(told, time())
