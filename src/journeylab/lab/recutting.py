"""Sessions cut anew by another rule, and what two rules make of the same actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from sqlglot import exp

from journeylab.durations import Duration, microseconds
from journeylab.errors import InputRefused, UnknownName
from journeylab.lab import compile
from journeylab.lab.choosing import Group, chosen, known_touchpoints
from journeylab.lab.following import refuse_unknown_touchpoints
from journeylab.lab.funnel_steps import EventColumns
from journeylab.warehouse import Warehouse

_WHERE: Final = "a rule of sessions"
_PUBLISHED: Final = "session_id"
_COUNTS: Final = ("sessions", "steps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How sessions are cut; ``Lab.sessions`` says what each means."""

    gap: Duration = "30min"
    markers: str | Sequence[str] = ()
    session_id: str | None = None
    longest: Duration = "24h"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """The journeys whose actions are looked at."""

    where: str | None = None
    segment: Group | None = None
    pattern: str | None = None


def sessions(warehouse: Warehouse, place: str, rule: Rule, asked: Filter) -> pl.DataFrame:
    """Sessions by a rule; see ``Lab.sessions``."""
    given = {"recut_actions": _cut(warehouse, place, rule, asked)}
    return warehouse.frame(compile.composed(compile.template("recut_sessions"), given))


def compared(
    warehouse: Warehouse,
    place: str,
    a: Mapping[str, Any] | None,
    b: Mapping[str, Any] | None,
    asked: Filter,
) -> pl.DataFrame:
    """What two rules make of the same actions; see ``Lab.compare_sessions``."""
    cuts = [_cut(warehouse, place, rule_of(told), asked) for told in (a, b)]
    figures = [_figures(warehouse, cut) for cut in cuts]
    query = compile.template("recut_shared")
    given = dict(zip(("cut_a", "cut_b"), cuts, strict=True))
    shared = warehouse.frame(compile.composed(query, given)).row(0, named=True)
    if not shared["customers"]:
        raise InputRefused("no action is left to cut", place, "widen the filters")
    rows = [
        (name, *map(float, pair), float(pair[1]) - float(pair[0]))
        for name in figures[0]
        for pair in [(figures[0][name], figures[1][name])]
    ]
    same = shared["sessions_same"]
    changed = [float(figure["sessions"] - same) for figure in figures]
    rows.insert(1, ("sessions_changed", *changed, changed[1] - changed[0]))
    share = shared["customers_changed"] / shared["customers"]
    rows.insert(2, ("customers_changed_share", share, share, 0.0))
    names = ("measure", "value_a", "value_b", "difference")
    kinds = (pl.String, pl.Float64, pl.Float64, pl.Float64)
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def rule_of(told: Mapping[str, Any] | None) -> Rule:
    """A rule as somebody wrote it; None is the published one.

    Raises:
        UnknownName: a key does not exist.
    """
    if told is None:
        return Rule(session_id=_PUBLISHED)
    for key in told:
        if key not in Rule.__slots__:
            raise UnknownName.of("key", str(key), _WHERE, Rule.__slots__)
    return Rule(**told)


def _figures(warehouse: Warehouse, cut: exp.Query) -> dict[str, Any]:
    given = {"recut_actions": cut, "recut_sessions": compile.template("recut_sessions")}
    query = compile.composed(compile.template("recut_figures"), given)
    found = warehouse.frame(query).row(0, named=True)
    return {name: 0 if value is None else value for name, value in found.items()}


def _cut(warehouse: Warehouse, place: str, rule: Rule, asked: Filter) -> exp.Query:
    """Each action with its session by a rule."""
    if "main.events" not in warehouse.table_names():
        raise InputRefused(
            "sessions are cut from events, and this snapshot holds none",
            place,
            "publish them: publish.events = true in journeylab.toml",
        )
    markers = [rule.markers] if isinstance(rule.markers, str) else list(rule.markers)
    refuse_unknown_touchpoints(warehouse, place, *markers)
    events = compile.whole("events").where(
        exp.not_(exp.column("session_id").is_(exp.null())), copy=False
    )
    filtered = chosen(
        warehouse, place, where=asked.where, group=asked.segment, pattern=asked.pattern
    )
    if filtered is not None:
        events = compile.only(events, among=filtered)
    given: exp.Expr = exp.cast(exp.null(), "varchar")
    if rule.session_id is not None:
        columns = EventColumns(warehouse, place, known_touchpoints(warehouse))
        given = columns.value(rule.session_id, what=f"session_id of {_WHERE}")
    acts = exp.select(
        "customer_id",
        "event_number",
        "event_id",
        "journey_id",
        "touchpoint",
        "channel",
        "occurred_at",
        given.as_("given_id"),
    ).from_(events.subquery("asked"))
    cut = compile.template(
        "recut_actions",
        gap_us=microseconds(rule.gap, what="gap", where=_WHERE),
        longest_us=microseconds(rule.longest, what="longest", where=_WHERE),
        markers=markers,
    )
    return compile.with_given(cut, {"acts": acts})
