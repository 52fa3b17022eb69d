"""Models of sql/macros -> table macros beside the tables they read, for tools without Python."""

import re
from collections.abc import Iterable

from journeylab.warehouse.connection import Warehouse, quoted
from journeylab.warehouse.models import Model, read_models

_PARAMETER = re.compile(r"\$([a-z_]+)")


def make_macros(warehouse: Warehouse, tables: Iterable[str], *, database: str = "") -> list[str]:
    """Create the macros whose tables are there, each with the text of its header.

    DuckDB binds a macro to names of tables, not to tables: who attaches the file under
    another name first says ``use``.

    Args:
        warehouse: where the tables stand.
        tables: names of the tables, without schema.
        database: attached database to create them in; empty for the warehouse's own.

    Returns:
        Names of the macros made, sorted.

    Raises:
        QueryError: DuckDB refused one.
    """
    there = {f"marts.{table}" for table in tables}
    macros = [
        model for _, model in sorted(read_models("macros").items()) if there >= {*model.reads}
    ]
    own = warehouse.scalar("select current_database()")
    warehouse.execute(f"use {quoted(database or own)}")
    try:
        for model in macros:
            warehouse.execute(definition(model))
            text = f"{model.about} Call: {call(model)}".replace("$", "").replace("'", "''")
            warehouse.execute(f"comment on macro table {quoted(model.table)} is '{text}'")
    finally:
        warehouse.execute(f"use {quoted(own)}")
    return [model.table for model in macros]


def definition(model: Model) -> str:
    """The statement that creates a macro: ``$name`` in its query stands for a parameter."""
    body = _PARAMETER.sub(r"\1", model.query)
    return f"create macro {quoted(model.table)}({_parameters(model)}) as table {body}"


def call(model: Model) -> str:
    """How a macro is called, as its documentation shows it."""
    return f"from {model.table}({_parameters(model)})"


def _parameters(model: Model) -> str:
    told = dict(model.defaults)
    return ", ".join(f"{name} := {told[name]}" if name in told else name for name in model.params)
