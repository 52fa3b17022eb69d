"""The private warehouse written anew, so that no freed block holds what was deleted."""

import contextlib
from pathlib import Path

from journeylab.warehouse.connection import open_warehouse, quoted
from journeylab.warehouse.snapshots import sync

_FRESH = "fresh_warehouse"


def compact(
    path: Path, *, spill: Path, memory_limit: str = "4GB", spill_limit: str = "20GB"
) -> None:
    """Copy every row that stands to a fresh file and put it in the place of the old one.

    DuckDB keeps deleted rows in freed blocks until it needs them. The caller holds the
    writer's lock and has no connection open; a writer killed on the way leaves the old file.

    Args:
        path: the warehouse.
        spill: folder for what does not fit into memory; what killed runs left in it is removed.
        memory_limit: DuckDB size.
        spill_limit: DuckDB size of the greatest spill.

    Raises:
        QueryError: the disk is full, or the file is no DuckDB database.
    """
    for left in spill.glob("*"):
        left.unlink()
    making = path.with_name(f".tmp-{path.name}")
    _remove(making)
    with open_warehouse(
        path, spill=spill, memory_limit=memory_limit, spill_limit=spill_limit
    ) as warehouse:
        name = str(making).replace("'", "''")
        warehouse.execute(f"attach '{name}' as {_FRESH}")
        own = warehouse.scalar("select current_database()")
        warehouse.execute(f"copy from database {quoted(own)} to {_FRESH}")
        warehouse.execute(f"checkpoint {_FRESH}")
        warehouse.execute(f"detach {_FRESH}")
    making.chmod(0o600)
    sync(making)
    making.replace(path)
    _remove(path.with_name(f"{path.name}.wal"))
    sync(path.parent)


def _remove(path: Path) -> None:
    for left in (path, path.with_name(f"{path.name}.wal")):
        with contextlib.suppress(FileNotFoundError):
            left.unlink()
