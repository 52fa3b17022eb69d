"""Models of sql/macros and sql/star -> macros and views beside the tables they read.

Both are for tools that speak SQL and no Python, and hold no rows of their own.
"""

import contextlib
import re
from collections.abc import Iterable, Iterator

from journeylab.errors import ModelError
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
    with _standing_in(warehouse, database):
        macros = _possible("macros", tables)
        for model in macros:
            warehouse.execute(definition(model))
            text = f"{model.about} Call: {call(model)}".replace("$", "")
            warehouse.execute(f"comment on macro table {quoted(model.table)} is {_literal(text)}")
    return [model.table for model in macros]


def make_star(warehouse: Warehouse, tables: Iterable[str], *, database: str = "") -> list[str]:
    """Create the views of the star schema whose tables are there, with comments.

    Args:
        warehouse: where the tables stand.
        tables: names of the tables, without schema.
        database: attached database to create them in; empty for the warehouse's own.

    Returns:
        Names of the views made, sorted.

    Raises:
        ModelError: its columns are not those of its header.
        QueryError: DuckDB refused one.
    """
    with _standing_in(warehouse, database):
        views = _possible("star", tables)
        for model in views:
            warehouse.execute(f"create view {quoted(model.table)} as {model.query}")
            _refuse_other_columns(warehouse, model)
            grain = model.grain[:1].upper() + model.grain[1:]
            about = _literal(f"{model.about} {grain}.")
            warehouse.execute(f"comment on view {quoted(model.table)} is {about}")
            for column in model.columns:
                target = quoted(f"{model.table}.{column.name}")
                warehouse.execute(f"comment on column {target} is {_literal(column.text)}")
    return [model.table for model in views]


def drop_macros_and_views(warehouse: Warehouse, database: str) -> None:
    """Drop every macro and view of a database: they may name tables that go.

    Args:
        warehouse: where the database is attached, or the database itself.
        database: its name.
    """
    bound = {"database": database}
    with warehouse.transaction():
        for (name,) in warehouse.rows(
            "select distinct function_name from duckdb_functions() where not internal"
            " and function_type = 'table_macro' and database_name = $database",
            bound,
        ):
            warehouse.execute(f"drop macro table {quoted(f'{database}.main.{name}')}")
        for (name,) in warehouse.rows(
            "select view_name from duckdb_views() where not internal and database_name = $database",
            bound,
        ):
            warehouse.execute(f"drop view {quoted(f'{database}.main.{name}')}")


def definition(model: Model) -> str:
    """The statement that creates a macro: ``$name`` in its query stands for a parameter."""
    body = _PARAMETER.sub(r"\1", model.query)
    return f"create macro {quoted(model.table)}({_parameters(model)}) as table {body}"


def call(model: Model) -> str:
    """How a macro is called, as its documentation shows it."""
    return f"from {model.table}({_parameters(model)})"


def _possible(layer: str, tables: Iterable[str]) -> list[Model]:
    """Models of a layer all of whose tables are there, by name."""
    there = {f"marts.{table}" for table in tables}
    return [model for _, model in sorted(read_models(layer).items()) if there >= {*model.reads}]


@contextlib.contextmanager
def _standing_in(warehouse: Warehouse, database: str) -> Iterator[None]:
    """Write to a database as if it were the only one, in one transaction."""
    own = warehouse.scalar("select current_database()")
    warehouse.execute(f"use {quoted(database or own)}")
    try:
        with warehouse.transaction():  # each statement of its own would wait for the disk
            yield
    finally:
        warehouse.execute(f"use {quoted(own)}")


def _refuse_other_columns(warehouse: Warehouse, model: Model) -> None:
    found = [(row[0], row[1].lower()) for row in warehouse.rows(f"describe {quoted(model.table)}")]
    wanted = [(column.name, column.type) for column in model.columns]
    if found != wanted:
        raise ModelError(f"columns {found}, declared {wanted}", str(model.path), "mend the header")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _parameters(model: Model) -> str:
    told = dict(model.defaults)
    return ", ".join(f"{name} := {told[name]}" if name in told else name for name in model.params)
