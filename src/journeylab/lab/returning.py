"""Dials of Lab.retention and Lab.lifecycle -> who came back, by cohort and by period."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlglot import exp

from journeylab.analysis.retention import lifecycle_rates, retention_rates
from journeylab.errors import InputRefused, NoGoal, UnknownName
from journeylab.lab import compile
from journeylab.lab.choosing import Group, chosen, known_touchpoints
from journeylab.lab.walking import refuse_unknown
from journeylab.predicates import parse_where
from journeylab.warehouse import Warehouse

GOAL: Final = "(goal)"
ACTION: Final = "(action)"
UNITS: Final = ("day", "week", "month")
COUNTS: Final = ("on", "on_or_after")

_MOST_PERIODS: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a customer must have done: touchpoints or a word for them, and a condition."""

    what: str | Sequence[str]
    where: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dials:
    """What ``Lab.retention`` and ``Lab.lifecycle`` are asked; their docstrings say the rest."""

    start: Condition
    back: Condition
    unit: str
    where: str | None = None
    segment: Group | None = None
    pattern: str | None = None


def retention(
    warehouse: Warehouse, place: str, dials: Dials, *, counted: str, periods: int
) -> pl.DataFrame:
    """Cohorts and who of them came back; see ``Lab.retention``."""
    refuse_unknown("way to count", counted, COUNTS)
    if not 1 <= periods <= _MOST_PERIODS:
        raise InputRefused(f"periods is {periods}", "Lab.retention", f"choose 1 to {_MOST_PERIODS}")
    cells = compile.template(
        "retention", unit=dials.unit, periods=periods, is_rolling=counted == "on_or_after"
    )
    return retention_rates(_asked(warehouse, place, dials, cells))


def lifecycle(warehouse: Warehouse, place: str, dials: Dials) -> pl.DataFrame:
    """Customers of each period by their state; see ``Lab.lifecycle``."""
    states = compile.template("lifecycle", unit=dials.unit)
    return lifecycle_rates(_asked(warehouse, place, dials, states))


def _asked(warehouse: Warehouse, place: str, dials: Dials, query: exp.Query) -> pl.DataFrame:
    refuse_unknown("period", dials.unit, UNITS)
    filtered = chosen(
        warehouse, place, where=dials.where, group=dials.segment, pattern=dials.pattern
    )
    cohort: exp.Query = compile.template("cohort_customers")
    if filtered is not None:
        cohort = compile.only(cohort, among=filtered)
    given = {
        "start_actions": _activity(warehouse, place, dials.start, dials.unit),
        "return_actions": _activity(warehouse, place, dials.back, dials.unit),
        "cohort_customers": cohort,
    }
    found = warehouse.frame(compile.composed(query, given))
    if found.is_empty():
        what = "reached a goal" if dials.start.what == GOAL else f"did the {dials.start.name}"
        raise (NoGoal if dials.start.what == GOAL else InputRefused)(
            f"no customer asked {what}",
            place,
            "widen the conditions, or name touchpoints that occur: lab.touchpoints() lists them",
        )
    return found


def _activity(warehouse: Warehouse, place: str, asked: Condition, unit: str) -> exp.Query:
    touchpoints: list[str] | None = None
    if asked.what not in (GOAL, ACTION):
        touchpoints = [asked.what] if isinstance(asked.what, str) else list(asked.what)
        known = known_touchpoints(warehouse)
        if not touchpoints:
            raise InputRefused(f"{asked.name} is empty", "Lab", f"name touchpoints, or {GOAL!r}")
        for name in touchpoints:
            if name not in known:
                raise UnknownName.of("touchpoint", name, place, [*known, GOAL, ACTION])
    text = None
    if asked.where is not None:
        text = parse_where(asked.where, warehouse.columns("main.events"), table="events")
    rows = compile.template(
        "activity", touchpoints=touchpoints, is_goal_wanted=asked.what == GOAL, unit=unit
    )
    if text is None:
        return rows
    events = compile.whole("events").where(compile.condition(text), copy=False)
    return compile.with_given(rows, {"events": events})
