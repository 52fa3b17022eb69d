"""Files of the golden suite -> event sets with their cases. ``docs/golden.md`` tells the format."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl

from journeylab.errors import InputRefused, UnknownName

FORMAT: Final = "journeylab-golden/1"
SUITE: Final = Path(__file__).parent / "suite"

_SET_KEYS: Final = ("format", "set", "about", "start", "customers", "events", "rules", "cases")
_CASE_KEYS: Final = (
    "case",
    "rule",
    "source",
    "checked",
    "peers",
    "ask",
    "with",
    "only",
    "columns",
    "ordered",
    "answer",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One question on an event set, with its answer.

    Attributes:
        name: unique in the suite: ``<set>/<case>``.
        rule: what the case shows, in a sentence.
        source: where the rule is written down.
        checked: how the answer was found apart from journeylab.
        peers: who counts the same or otherwise; empty where nothing is known.
        ask: a question of ``Lab``, or a published table.
        dials: what the question is asked with.
        only: column -> value that the rows looked at have.
        columns: columns looked at, in the order of the answer.
        is_ordered: whether the order of the rows is part of the answer.
        answer: the rows.
    """

    name: str
    rule: str
    source: str
    checked: str
    peers: str
    ask: str
    dials: Mapping[str, Any]
    only: Mapping[str, Any]
    columns: tuple[str, ...]
    is_ordered: bool
    answer: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class EventSet:
    """Events and the rules they are read by, with the cases that ask about them."""

    name: str
    about: str
    events: pl.DataFrame
    rules: Mapping[str, Any]
    cases: tuple[Case, ...]


def read_suite(folder: Path = SUITE) -> list[EventSet]:
    """Every event set of a folder, by file name.

    Raises:
        InputRefused: there is no file, or one cannot be read.
        UnknownName: a file has a key that the format does not know.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise InputRefused("no case is there", str(folder), "name a folder of *.json files")
    return [_event_set(path) for path in paths]


def _event_set(path: Path) -> EventSet:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputRefused(f"no JSON: {error}", str(path), "see docs/golden.md") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise InputRefused(f"its format is not {FORMAT!r}", str(path), "see docs/golden.md")
    _refuse_unknown(told, _SET_KEYS, path)
    for case in told["cases"]:
        _refuse_unknown(case, _CASE_KEYS, path)
    return EventSet(
        name=told["set"],
        about=told["about"],
        events=_events(told),
        rules=told.get("rules", {}),
        cases=tuple(_case(told["set"], case) for case in told["cases"]),
    )


def _refuse_unknown(told: Mapping[str, Any], known: Sequence[str], path: Path) -> None:
    for key in told:
        if key not in known:
            raise UnknownName.of("key", key, str(path), known)


def _case(name: str, told: Mapping[str, Any]) -> Case:
    return Case(
        name=f"{name}/{told['case']}",
        rule=told["rule"],
        source=told["source"],
        checked=told["checked"],
        peers=told.get("peers", ""),
        ask=told["ask"],
        dials=told.get("with", {}),
        only=told.get("only", {}),
        columns=tuple(told["columns"]),
        is_ordered=told.get("ordered", False),
        answer=tuple(tuple(row) for row in told["answer"]),
    )


def _events(told: Mapping[str, Any]) -> pl.DataFrame:
    """One row per event, in the order they are written; ids count from 01 per customer."""
    start = datetime.fromisoformat(told["start"])
    walks = told["customers"] if "customers" in told else {"event": told["events"]}
    rows = [
        {
            "event_id": f"{who}-{place:02d}",
            **({"customer_id": who} if "customers" in told else {}),
            "occurred_at": start + timedelta(minutes=minute),
            "touchpoint": touchpoint,
            **(more[0] if more else {}),
        }
        for who, walk in walks.items()
        for place, (minute, touchpoint, *more) in enumerate(walk, 1)
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(pl.col("occurred_at").cast(pl.Datetime("us")))
