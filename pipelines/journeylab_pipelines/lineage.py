"""SQL models -> the columns that each of their columns is made from, as far as sqlglot reads them.

A column that is the same for all rows, or a count of rows, has no origin. A model that sqlglot
cannot follow has no lineage; nothing else depends on it.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from logging import ERROR, getLogger
from typing import Final

import dagster as dg
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage
from sqlglot.schema import MappingSchema

from journeylab.pipeline import LAYERS
from journeylab.warehouse import Model, read_models

#: Columns that intake adds to those a format delivers.
ADDED_BY_INTAKE: Final = ("source", "delivery_key", "row_number", "extra")

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
        query = sqlglot.parse_one(model.query, dialect="duckdb")
        nodes = lineage(None, query, _schema(), dialect="duckdb", trim_selects=False)
    except (SqlglotError, ValueError):
        return {}
    read = set(model.reads)
    origins = {c.name: _leaves(nodes[c.name], read) for c in model.columns if c.name in nodes}
    return origins if any(origins.values()) else {}


def _leaves(node: Node, read: set[str]) -> tuple[tuple[str, str], ...]:
    """Columns of real tables below a node: names of common table expressions are none."""
    found = set()
    for leaf in node.walk():
        if isinstance(leaf.expression, exp.Table):
            table = f"{leaf.expression.db}.{leaf.expression.name}"
            if table in read:
                found.add((table, leaf.name.rsplit(".", 1)[-1]))
    return tuple(sorted(found))


def _deps(table: str, column: str, makers: Mapping[str, list[str]]) -> Iterable[dg.TableColumnDep]:
    for asset in makers.get(table, [table]):
        yield dg.TableColumnDep(dg.AssetKey(asset.split(".", 1)), column)


@cache
def _schema() -> MappingSchema:
    tables: dict[str, dict[str, object]] = {}
    for model in _models().values():
        names = (column.name for column in model.columns)
        tables.setdefault(model.schema, {})[model.table] = _untyped((*names, "rowid"))
        if model.raw:
            delivered = (*(column.name for column in model.raw), *ADDED_BY_INTAKE)
            tables.setdefault("raw", {})[model.table] = _untyped(delivered)
    return MappingSchema(dict(tables), dialect="duckdb")


def _untyped(names: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(names, "unknown")


def _models() -> dict[str, Model]:
    return {name: model for layer in ("ops", *LAYERS) for name, model in read_models(layer).items()}
