"""Event sets -> what the library answers beside what was worked out. Reads nothing else."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl

from journeylab.errors import JourneyLabError, UnknownName
from journeylab.golden.suite_files import Case, EventSet
from journeylab.lab import Exclusion, Lab, from_events

#: Questions a case may ask; any other word is a published table.
QUESTIONS: Final = (
    "arrivals",
    "attribution",
    "chances",
    "compare",
    "compare_sessions",
    "conversion_curves",
    "directly_follows",
    "drop_offs",
    "edges",
    "end_touchpoints",
    "eventually_follows",
    "funnel",
    "funnel_attempts",
    "funnel_instead",
    "funnel_times",
    "funnel_trend",
    "headline",
    "journey_counts",
    "journeys",
    "lifecycle",
    "loops",
    "matches",
    "next_steps",
    "nodes",
    "paths",
    "ping_pong",
    "previous_steps",
    "retention",
    "rework",
    "stage_edges",
    "start_touchpoints",
    "step_matrix",
    "time_between",
    "time_between_spans",
    "variants",
)

#: Columns that mean something to ``from_events`` by their name.
_ROLES: Final = (
    "channel",
    "currency",
    "customer_id",
    "event_id",
    "journey_id",
    "session_id",
    "source_sequence",
    "value",
)
_SETTINGS: Final = {
    "channel_order": "run",
    "device_policy": "identity",
    "goal_grace_seconds": "journeys",
    "journey_timeout_days": "journeys",
    "max_session_hours": "sessions",
    "reporting_timezone": "run",
    "session_gap_minutes": "sessions",
}
_RULES: Final = (
    "as_of",
    "assume_complete",
    "collapse_repeats",
    "goals",
    "stages",
    "waits_for_us",
)
#: Dials that name a group of journeys: a segment or a period.
_GROUPS: Final = ("a", "b", "segment", "within")
_CLOSENESS: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one case: the rows found, or the error that stood in their way."""

    case: Case
    found: tuple[tuple[Any, ...], ...]
    error: str = ""

    @property
    def is_passed(self) -> bool:
        """Whether the rows are the answer, numbers within a millionth."""
        if self.error:
            return False
        rows, wanted = [*self.found], [*self.case.answer]
        if not self.case.is_ordered:
            rows, wanted = sorted(rows, key=_place), sorted(wanted, key=_place)
        return len(rows) == len(wanted) and all(map(_are_equal, rows, wanted))


def ask_all(event_set: EventSet, *, case: str | None = None) -> Iterator[Result]:
    """Ask the cases of one set in their order; the events are opened once.

    Args:
        event_set: the set.
        case: only the case of this name, or all of the set of this name; None for all.
    """
    wanted = [one for one in event_set.cases if case in (None, event_set.name, one.name)]
    if not wanted:
        return
    answers: dict[str, pl.DataFrame | str] = {}
    with opened(event_set) as lab:
        for one in wanted:
            question = json.dumps([one.ask, one.dials])
            if question not in answers:
                answers[question] = _answer(lab, one)
            yield _held(one, answers[question])


def opened(event_set: EventSet) -> Lab:
    """A Lab of the events, by the rules of the set.

    Raises:
        UnknownName: there is no such rule.
    """
    events = event_set.events
    settings: dict[str, dict[str, Any]] = {"run": {"threads": 1}}
    dials: dict[str, Any] = {}
    for name, value in event_set.rules.items():
        if name in _SETTINGS:
            settings.setdefault(_SETTINGS[name], {})[name] = value
        elif name in _RULES:
            dials[name] = value
        elif name != "identifiers":
            raise UnknownName.of("rule", name, event_set.name, [*_SETTINGS, *_RULES])
    identifiers = {kind: kind for kind in event_set.rules.get("identifiers", ())}
    roles: dict[str, Any] = {name: name for name in _ROLES if name in events.columns}
    known = {*roles, *identifiers, "occurred_at", "touchpoint"}
    if "source_sequence" in roles:
        events = events.with_columns(pl.col("source_sequence").fill_null(0))
    if "value" in roles:
        events = events.with_columns(pl.col("value").cast(pl.String).cast(pl.Decimal(18, 4)))
    return from_events(
        events,
        occurred_at="occurred_at",
        touchpoint="touchpoint",
        identifiers=identifiers or None,
        properties=[name for name in events.columns if name not in known],
        settings=settings,
        **roles,
        **dials,
    )


def _answer(lab: Lab, case: Case) -> pl.DataFrame | str:
    """The table a question gives; a fault of the library is told with its message."""
    try:
        if case.ask in QUESTIONS:
            table: pl.DataFrame = getattr(lab, case.ask)(**_dials(lab, case.dials))
            return table
        return lab.table(case.ask)
    except JourneyLabError as error:
        return str(error)


def _held(case: Case, answer: pl.DataFrame | str) -> Result:
    """What a case looks at in an answer."""
    if isinstance(answer, str):
        return Result(case, (), answer)
    lacking = [name for name in (*case.only, *case.columns) if name not in answer.columns]
    if lacking:
        return Result(case, (), f"the answer lacks the columns {', '.join(lacking)}")
    for column, value in case.only.items():
        answer = answer.filter(pl.col(column).eq_missing(pl.lit(value)))
    rows = answer.select(case.columns).rows()
    return Result(case, tuple(tuple(_plain(value) for value in row) for row in rows))


def _dials(lab: Lab, told: Mapping[str, Any]) -> dict[str, Any]:
    """Dials as ``Lab`` takes them, written in JSON as ``docs/golden.md`` tells."""
    dials = dict(told)
    for name in _GROUPS:
        if isinstance(dials.get(name), list):
            dials[name] = tuple(dials[name])
        elif isinstance(dials.get(name), dict) and "name" in dials[name]:
            dials[name] = lab.segment(**dials[name])
    if "exclude" in dials:
        dials["exclude"] = [
            Exclusion(**{**e, "between": tuple(e["between"])} if "between" in e else e)
            if isinstance(e, dict)
            else e
            for e in dials["exclude"]
        ]
    return dials


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of a table
    """A value as JSON has it: instants as text, decimals as numbers."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def _place(row: tuple[Any, ...]) -> str:
    return repr([f"{value:.6g}" if isinstance(value, float | int) else value for value in row])


def _are_equal(row: tuple[Any, ...], wanted: tuple[Any, ...]) -> bool:
    return len(row) == len(wanted) and all(
        math.isclose(a, b, rel_tol=_CLOSENESS, abs_tol=_CLOSENESS)
        if _is_number(a) and _is_number(b)
        else a == b and type(a) is type(b)
        for a, b in zip(row, wanted, strict=True)
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
