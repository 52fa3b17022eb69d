"""Build a model's table, hold it to its header, and judge its row checks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from journeylab.errors import ModelError, UnknownName
from journeylab.warehouse.connection import Warehouse, quoted
from journeylab.warehouse.models import Column, Model, Severity, TableCheck

#: A type as headers write it -> as DuckDB does; the same in every database, hence kept.
_SPELLED: dict[str, str] = {}

#: Types of keys that cost less to compare with the one before than to group.
_WHOLE: Final = {"bigint", "integer", "usmallint"}

#: Numbers are dense enough for a bit each up to this range per row.
_BITS_PER_ROW: Final = 16


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One judged check: how many rows broke it, and the query that returns them."""

    check: str
    table: str
    severity: Severity
    about: str
    faulty_rows: int
    query: str

    @property
    def passed(self) -> bool:
        """Whether no row broke the check."""
        return self.faulty_rows == 0


def build(
    warehouse: Warehouse, model: Model, params: Mapping[str, Any], *, at: str | None = None
) -> list[CheckResult]:
    """Build one SQL model in a transaction; a refused table leaves the old one standing.

    A model of kind ``view`` is stored as its query: for staging formats, which are read once
    or twice, so that their rows are not written twice.

    Args:
        warehouse: where the tables it reads stand and where it is written.
        model: the model; it must have a query.
        params: values for at least its ``params``; others are ignored.
        at: the table to be made; None takes the model's name, in a schema made when missing.

    Returns:
        One result per row check of the header, in its order.

    Raises:
        ModelError: the table's columns or key differ from the header.
        QueryError: DuckDB refused the query.
        UnknownName: a declared parameter has no value.
    """
    bound = bound_by(model, params)
    with warehouse.transaction():
        if at is None:
            warehouse.execute(f"create schema if not exists {quoted(model.schema)}")
        target = quoted(at or model.name)
        kind = "view" if model.is_view else "table"
        warehouse.execute(f"create or replace {kind} {target} as {model.query}", bound)
        return judge_built(warehouse, model, at=at)


def bound_by(model: Model, params: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the query of a model takes, of all there are.

    Raises:
        UnknownName: a declared parameter has no value.
    """
    for name in model.params:
        if name not in params:
            raise UnknownName.of("parameter", name, model.name, params)
    return {name: params[name] for name in model.params}


def write(warehouse: Warehouse, model: Model, frame: pl.DataFrame) -> list[CheckResult]:
    """Write a frame made by Python as a model's table, held to its header like a built one.

    Args:
        warehouse: where it is written.
        model: the header; its ``python`` line names the function that made the frame.
        frame: exactly the declared columns, in any order.

    Returns:
        One result per row check of the header, in its order.

    Raises:
        ModelError: the frame's columns or key differ from the header.
    """
    casts = declared(model, frame)
    with warehouse.transaction(), warehouse.given("made_by_python", frame):
        warehouse.execute(f"create schema if not exists {quoted(model.schema)}")
        target = quoted(model.name)
        warehouse.execute(f"create or replace table {target} as select {casts} from made_by_python")
        return judge_built(warehouse, model)


def declared(model: Model, frame: pl.DataFrame) -> str:
    """What to select of a frame so that its columns are those of a header.

    Raises:
        ModelError: a column is missing.
    """
    missing = {column.name for column in model.columns} - set(frame.columns)
    if missing:
        raise ModelError(
            f"frame lacks {', '.join(sorted(missing))}",
            model.name,
            f"the frame has {', '.join(frame.columns)}",
        )
    return ", ".join(f"{quoted(c.name)}::{c.type} as {quoted(c.name)}" for c in model.columns)


def ensure(warehouse: Warehouse, name: str, columns: Sequence[Column]) -> None:
    """Make an empty table with the declared columns, or add those an older release lacked.

    Args:
        warehouse: where it is made.
        name: ``schema.table``.
        columns: its columns in order.
    """
    told = ", ".join(f"{quoted(column.name)} {column.type}" for column in columns)
    warehouse.execute(f"create schema if not exists {quoted(name.split('.')[0])}")
    warehouse.execute(f"create table if not exists {quoted(name)} ({told})")
    present = warehouse.columns(name)
    for column in columns:
        if column.name not in present:
            added = f"{quoted(column.name)} {column.type}"
            warehouse.execute(f"alter table {quoted(name)} add column {added}")


def judge(warehouse: Warehouse, check: TableCheck, params: Mapping[str, Any]) -> CheckResult:
    """Run one check over several tables.

    Args:
        warehouse: where its tables stand.
        check: the check; its query returns the faulty rows.
        params: values for at least its ``params``.
    """
    bound = {name: params[name] for name in check.params}
    faulty = warehouse.scalar(f"select count(*) from ({check.query}) as faulty", bound)
    return CheckResult(check.name, check.on, check.severity, check.about, faulty, check.query)


def judge_rows(warehouse: Warehouse, model: Model, *, at: str | None = None) -> list[CheckResult]:
    """Judge the row checks of a header on the standing table.

    Args:
        warehouse: where it stands.
        model: the header.
        at: the table; None takes the model's name.

    Returns:
        One result per row check, in the header's order.
    """
    if not model.checks:
        return []
    table, counts = at or model.name, ", ".join(_counts(model))
    return _results(model, table, warehouse.rows(f"select {counts} from {quoted(table)}")[0])


def judge_built(warehouse: Warehouse, model: Model, *, at: str | None = None) -> list[CheckResult]:
    """Hold a standing table to its header: columns first, then key and row checks in one pass.

    Args:
        warehouse: where it stands.
        model: the header.
        at: the table; None takes the model's name.

    Returns:
        One result per row check, in the header's order.

    Raises:
        ModelError: the table's columns or key differ from the header.
    """
    name = at or model.name
    _refuse_other_columns(warehouse, model, name)
    if not model.key:
        return judge_rows(warehouse, model, at=at)
    key = ", ".join(quoted(column) for column in model.key)
    table = quoted(name)
    if _is_numbered(model):
        keyed = (
            f"(select *, row({key}) as own_key, lag(row({key})) over () as key_before from {table})"
        )
        asked = ["count(*)", "count(*) filter (own_key > key_before)", *_counts(model)]
        rows, ascending, *faulty = warehouse.rows(f"select {', '.join(asked)} from {keyed}")[0]
        # Of keys that are each greater than the one before, in whatever order read, none repeats.
        doubles = 0 if ascending + 1 >= rows else rows - _distinct(warehouse, model, table, rows)
    else:
        # Keys of different hashes differ; numbers are told apart in half the time of texts.
        hashes = f"(select count(*) from (select distinct hash({key}) from {table}))"
        asked = ["count(*)", hashes, *_counts(model)]
        rows, different, *faulty = warehouse.rows(f"select {', '.join(asked)} from {table}")[0]
        doubles = 0 if different == rows else rows - _distinct(warehouse, model, table, rows)
    if doubles:
        raise ModelError(
            f"{doubles} rows repeat the key ({', '.join(model.key)})",
            f"{name} ({model.path})",
            f"find them: select {key} from {name} group by all having count(*) > 1",
        )
    return _results(model, name, faulty)


def _is_numbered(model: Model) -> bool:
    return all(column.type in _WHOLE for column in model.columns if column.name in model.key)


def _distinct(warehouse: Warehouse, model: Model, table: str, rows: int) -> int:
    """How many keys a table has: a bit each where they are dense numbers, else grouped."""
    key = ", ".join(quoted(name) for name in model.key)
    if len(model.key) == 1 and _is_numbered(model):
        known, least, greatest = warehouse.rows(
            f"select count({key}), min({key}), max({key}) from {table}"
        )[0]
        if known == rows and greatest - least < _BITS_PER_ROW * rows:
            bits = f"bitstring_agg({key}::bigint, {least}, {greatest})"
            return int(warehouse.scalar(f"select bit_count({bits}) from {table}"))
    return int(warehouse.scalar(f"select count(*) from (select distinct {key} from {table})"))


def _counts(model: Model) -> list[str]:
    return [f"count(*) filter (where not ({check.condition}))" for check in model.checks]


def _results(model: Model, table: str, faulty: Sequence[int]) -> list[CheckResult]:
    return [
        CheckResult(
            check=f"{model.table}_{number}",
            table=model.name,
            severity=check.severity,
            about=check.message,
            faulty_rows=rows,
            query=f"select * from {table} where not ({check.condition})",
        )
        for number, (check, rows) in enumerate(zip(model.checks, faulty, strict=True), start=1)
    ]


def _refuse_other_columns(warehouse: Warehouse, model: Model, table: str) -> None:
    built = {name: kind.lower() for name, kind in warehouse.columns(table).items()}
    declared = _spelled(warehouse, model.columns)
    if list(built.items()) == list(declared.items()):
        return
    differing = [
        f"{name}: header {declared.get(name, 'lacks it')}, table {built.get(name, 'lacks it')}"
        for name in {**declared, **built}
        if declared.get(name) != built.get(name)
    ]
    raise ModelError(
        "columns differ from the header: " + ("; ".join(differing) or "another order"),
        f"{table} ({model.path})",
        "mend the query or the header",
    )


def _spelled(warehouse: Warehouse, columns: Iterable[Column]) -> dict[str, str]:
    """Declared columns with their types as DuckDB writes them; each type is asked for once."""
    kinds = {column.name: column.type for column in columns}
    new = sorted(set(kinds.values()) - _SPELLED.keys())
    if new:
        asked = ", ".join(f"typeof(null::{kind})" for kind in new)
        spelled = warehouse.rows(f"select {asked}")[0]
        _SPELLED.update(zip(new, (str(kind).lower() for kind in spelled), strict=True))
    return {name: _SPELLED[kind] for name, kind in kinds.items()}
