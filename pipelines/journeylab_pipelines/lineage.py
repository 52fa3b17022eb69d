"""SQL models -> the columns that each of their columns is made from, as far as sqlglot reads them.

A column that is the same for all rows, or a count of rows, has no origin. A model that sqlglot
cannot follow has no lineage; nothing else depends on it.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from logging import ERROR, getLogger
from typing import Final

import dagster as dg
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope
from sqlglot.schema import MappingSchema

from journeylab.pipeline import LAYERS
from journeylab.warehouse import Model, read_models
from journeylab_pipelines.naming import asset_key

#: Columns that intake adds to those a format delivers.
ADDED_BY_INTAKE: Final = ("source", "delivery_key", "row_number", "extra")

#: Place of a row in its table, which DuckDB knows of every table.
ROW_ID: Final = "rowid"

# It warns of what it cannot follow, which here is no fault.
getLogger("sqlglot").setLevel(ERROR)

#: column -> the (table, column) pairs it is made from
Origins = Mapping[str, tuple[tuple[str, str], ...]]


def column_lineage(model: Model, formats: Mapping[str, Model]) -> dg.TableColumnLineage | None:
    """Where each column of a model comes from, as Dagster shows it; None when nobody knows.

    Args:
        model: the model.
        formats: source -> staging model of its format; they tell whose intake fills a raw table.
    """
    origins = column_origins(model)
    makers: dict[str, list[str]] = {}
    for source, used in formats.items():
        makers.setdefault(f"raw.{used.table}", []).append(f"intake.{source}")
    deps = {
        column: [dep for pair in pairs for dep in _deps(*pair, makers)]
        for column, pairs in origins.items()
    }
    return dg.TableColumnLineage(deps) if deps else None


@cache
def column_origins(model: Model) -> Origins:
    """Where each column of a model comes from; empty when sqlglot cannot follow it."""
    if not model.query:
        return {}
    try:
        query = _qualified(sqlglot.parse_one(model.query, dialect="duckdb"))
        scope = build_scope(query)
        nodes = lineage(None, query, _schema(), dialect="duckdb", scope=scope, trim_selects=False)
    except (SqlglotError, ValueError):
        return {}
    read = set(model.reads)
    origins = {c.name: _leaves(nodes[c.name], read) for c in model.columns if c.name in nodes}
    return origins if any(origins.values()) else {}


def _qualified(query: exp.Expr) -> exp.Expr:
    """Name the table of every column; aligned again, for what each ``*`` then stands for."""
    return _aligned(
        qualify(
            _aligned(query),
            dialect="duckdb",
            schema=_schema(),
            identify=False,
            validate_qualify_columns=False,
        )
    )


def _aligned(query: exp.Expr) -> exp.Expr:
    """Give the sides of each ``union by name`` the same columns: lineage counts their places."""
    for union in query.find_all(exp.SetOperation):
        sides = list(_sides(union)) if union.args.get("by_name") else []
        names = dict.fromkeys(column.alias_or_name for side in sides for column in side.selects)
        for side in sides if "*" not in names else ():
            told = {column.alias_or_name: column for column in side.selects}
            side.set("expressions", [told.get(n) or exp.alias_(exp.null(), n) for n in names])
    return query


def _sides(union: exp.SetOperation) -> Iterator[exp.Select]:
    for side in (union.left, union.right):
        if isinstance(side, exp.SetOperation):
            yield from _sides(side)
        elif isinstance(side, exp.Select):
            yield side


def _leaves(node: Node, read: set[str]) -> tuple[tuple[str, str], ...]:
    """Columns of real tables below a node: names of common table expressions are none."""
    found = set()
    for leaf in node.walk():
        if isinstance(leaf.expression, exp.Table):
            table = f"{leaf.expression.db}.{leaf.expression.name}"
            if table in read:
                found.add((table, leaf.name.rsplit(".", 1)[-1]))
    found -= {(table, ROW_ID) for table in read}
    return tuple(sorted(found))


def _deps(table: str, column: str, makers: Mapping[str, list[str]]) -> Iterable[dg.TableColumnDep]:
    for asset in makers.get(table, [table]):
        yield dg.TableColumnDep(asset_key(asset), column)


@cache
def _schema() -> MappingSchema:
    tables: dict[str, dict[str, object]] = {}
    for model in _models().values():
        names = (column.name for column in model.columns)
        tables.setdefault(model.schema, {})[model.table] = _untyped((*names, ROW_ID))
        if model.raw:
            delivered = (*(column.name for column in model.raw), *ADDED_BY_INTAKE)
            tables.setdefault("raw", {})[model.table] = _untyped(delivered)
    return MappingSchema(dict(tables), dialect="duckdb")


def _untyped(names: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(names, "unknown")


def _models() -> dict[str, Model]:
    return {name: model for layer in ("ops", *LAYERS) for name, model in read_models(layer).items()}
