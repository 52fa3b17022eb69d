"""Gaps of deleted rows: closed in place, or the warehouse written anew without a trace of them."""

import contextlib
from pathlib import Path

from journeylab.warehouse.connection import Warehouse, open_warehouse, quoted
from journeylab.warehouse.snapshots import sync

_FRESH = "fresh_warehouse"

#: Share of rows that were deleted from which on three groups of rows make two.
_GREAT_GAPS = 1 / 3

#: Groups of rows that a checkpoint may merge at a time; DuckDB's own default.
_AT_A_TIME = 100


def compact(
    path: Path,
    *,
    spill: Path,
    memory_limit: str = "4GB",
    spill_limit: str = "20GB",
    storage_version: str | None = None,
) -> None:
    """Copy every row that stands to a fresh file and put it in the place of the old one.

    DuckDB keeps deleted rows in freed blocks until it needs them. The caller holds the
    writer's lock and has no connection open; a writer killed on the way leaves the old file.

    Args:
        path: the file.
        spill: folder for what does not fit into memory; what killed runs left in it is removed.
        memory_limit: DuckDB size.
        spill_limit: DuckDB size of the greatest spill.
        storage_version: oldest DuckDB that can read the fresh file; None for the running one.

    Raises:
        QueryError: the disk is full, or the file is no DuckDB database.
    """
    for left in spill.glob("*"):
        left.unlink()
    making = half_made(path)
    remove_database(making)
    with open_warehouse(
        path, spill=spill, memory_limit=memory_limit, spill_limit=spill_limit
    ) as warehouse:
        name = str(making).replace("'", "''")
        version = f" (storage_version '{storage_version}')" if storage_version else ""
        warehouse.execute(f"attach '{name}' as {_FRESH}{version}")
        own = warehouse.scalar("select current_database()")
        warehouse.execute(f"copy from database {quoted(own)} to {_FRESH}")
        warehouse.execute(f"checkpoint {_FRESH}")
        warehouse.execute(f"detach {_FRESH}")
    making.chmod(0o600)
    sync(making)
    making.replace(path)
    remove_database(path.with_name(f"{path.name}.wal"))
    sync(path.parent)


def close_gaps(warehouse: Warehouse, table: str) -> bool:
    """Let checkpoints merge groups of rows from now on if a table has great gaps, else not.

    To merge two groups costs ten times what it costs to write the rows of a night, and every
    checkpoint would merge the last ones. Gaps cost little until there are many.

    Args:
        warehouse: open for writing.
        table: a table whose rows are replaced as often as any other's.

    Returns:
        Whether they merge: more than a third of the table's rows are gaps.
    """
    name = table.replace("'", "''")
    gaps = warehouse.scalar(
        f"select 1 - (select count(*) from {quoted(table)}) / nullif(sum(count), 0)"
        f" from pragma_storage_info('{name}') where column_id = 0 and segment_type != 'VALIDITY'"
    )
    merges = gaps is not None and gaps > _GREAT_GAPS
    warehouse.execute(f"set max_vacuum_tasks = {_AT_A_TIME if merges else 0}")
    return merges


def half_made(path: Path) -> Path:
    """The fresh file while it is made; a killed writer leaves it."""
    return path.with_name(f".tmp-{path.name}")


def remove_database(path: Path) -> None:
    """Remove a file of DuckDB and its log, where they are."""
    for left in (path, path.with_name(f"{path.name}.wal")):
        with contextlib.suppress(FileNotFoundError):
            left.unlink()
