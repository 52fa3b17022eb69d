"""Questions of a Lab, each with the SQL it ran: what is heard while one is asked is kept."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import polars as pl
import sqlglot

from journeylab.errors import UnknownName
from journeylab.lab.kinds import refuse_other_kinds

_P = ParamSpec("_P")
_R = TypeVar("_R")

_SCHEMA = {
    "question": pl.String,
    "statement_number": pl.Int64,
    "sql": pl.String,
    "params": pl.String,
}


@dataclass(slots=True)
class Log:
    """The statements of each question when asked last; those it asks itself count to it."""

    question: str | None = None
    heard: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    depth: int = 0

    def hear(self, sql: str, params: Mapping[str, Any] | None) -> None:
        """Keep one statement, if a question is being asked."""
        if self.depth and self.question is not None:
            self.heard[self.question].append((sql, json.dumps(dict(params or {}), default=str)))

    def begin(self, question: str) -> None:
        """A question begins; its statements of the time before are forgotten."""
        if not self.depth:
            self.question = question
            self.heard[question] = []
        self.depth += 1

    def end(self) -> None:
        """It is answered or refused."""
        self.depth -= 1

    def table(self, question: str | None) -> pl.DataFrame:
        """What was heard of a question, the last one for None, one row a statement.

        Raises:
            UnknownName: it has not been asked.
        """
        asked = self.question if question is None else question
        if question is not None and question not in self.heard:
            raise UnknownName.of("question asked", question, "Lab.explain", self.heard)
        rows = [
            (asked, number, _readable(sql), params)
            for number, (sql, params) in enumerate(self.heard.get(asked or "", ()), start=1)
        ]
        return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


class HasLog(Protocol):
    """Whatever keeps the statements of its questions."""

    _log: Log


_L = TypeVar("_L", bound=HasLog)


def question(asked: Callable[Concatenate[_L, _P], _R]) -> Callable[Concatenate[_L, _P], _R]:
    """A question of a Lab: ``Lab.explain`` tells the statements run while it is answered.

    Where it fails over an argument of another kind than it takes, the argument is named.
    """

    @wraps(asked)
    def explained(lab: _L, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        lab._log.begin(asked.__name__)
        try:
            return asked(lab, *args, **kwargs)
        except (AttributeError, TypeError):
            refuse_other_kinds(asked, (lab, *args), kwargs, where=f"Lab.{asked.__name__}")
            raise
        finally:
            lab._log.end()

    explained.__qualname__ = f"Lab.{asked.__name__}"
    return explained


def _readable(sql: str) -> str:
    """A composed query on several lines; what was written by hand stays as it is."""
    if "\n" in sql.strip() or len(sql) < 100:
        return sql.strip()
    try:
        return sqlglot.transpile(sql, read="duckdb", write="duckdb", pretty=True)[0]
    except sqlglot.errors.SqlglotError:
        return sql
