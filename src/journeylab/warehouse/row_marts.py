"""Marts of single customers: they stand in a file of their own, which publishing copies.

They hold nearly all rows that are published. Here they are written once and changed in place night
after night, and a snapshot is a copy of this file with the small marts added to it. DuckDB commits
to one file at a time, so what tells how far each of them is built stands in the same file.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from journeylab.errors import QueryError
from journeylab.warehouse.compacting import half_made, remove_database
from journeylab.warehouse.connection import Warehouse, quoted
from journeylab.warehouse.models import Column, Model

#: Name under which the file is attached beside the warehouse.
CATALOG: Final = "row_marts"

#: The one table in it that is not published.
BUILT: Final = f"{CATALOG}.built"

_MEMORY: Final = ":memory:"


def is_row_mart(model: Model) -> bool:
    """Whether a model is a mart with rows of single customers."""
    return model.schema == "marts" and model.scope == "customer"


def place_of(model: Model) -> str:
    """Where a run has the table of a model: ``database.table`` of a row mart, else its name."""
    return f"{CATALOG}.{model.table}" if is_row_mart(model) else model.name


def attach_row_marts(
    warehouse: Warehouse, path: Path, built: Iterable[Column], *, storage_version: str | None
) -> None:
    """Attach the file, made when missing; a warehouse in memory has its row marts there too.

    Args:
        warehouse: open for writing, the file not attached.
        path: the file.
        built: columns of the table that tells how far its tables are built.
        storage_version: oldest DuckDB that can read a file that is made; None for the running one.

    Raises:
        QueryError: the file cannot be read.
    """
    place = _MEMORY if warehouse.name == _MEMORY else str(path)
    options = f" (storage_version {_text(storage_version)})" if storage_version else ""
    try:
        warehouse.execute(f"attach {_text(place)} as {CATALOG}{options}")
    except QueryError as error:
        what, where, _ = error.args
        mend = f"move {path} away: the next run builds its tables anew"
        raise QueryError(what, where, mend) from error
    declared = ", ".join(f"{quoted(column.name)} {column.type}" for column in built)
    warehouse.execute(f"create table if not exists {BUILT} ({declared})")


def detach_row_marts(warehouse: Warehouse) -> None:
    """Detach the file where it is attached; row marts in memory are gone then."""
    warehouse.execute(f"detach database if exists {CATALOG}")


def are_attached(warehouse: Warehouse) -> bool:
    """Whether the file is attached."""
    return bool(
        warehouse.scalar(
            "select count(*) from duckdb_databases() where database_name = $name", {"name": CATALOG}
        )
    )


def remove_row_marts(path: Path) -> None:
    """Remove the file, and what a killed run left beside it; nobody has it attached.

    The next run builds its tables anew.
    """
    remove_database(path)
    remove_database(half_made(path))
    shutil.rmtree(spill_of(path), ignore_errors=True)


def spill_of(path: Path) -> Path:
    """Folder for what does not fit into memory while gaps are closed."""
    return path.with_name(".compacting")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
