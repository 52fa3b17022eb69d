"""The file of row marts -> the beginning of a snapshot: a copy, without what is not published."""

import contextlib
import fcntl
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from journeylab.errors import DiskFull
from journeylab.warehouse.connection import Warehouse, quoted
from journeylab.warehouse.hashing import Sums

#: Linux: have a file share all blocks of another until one of them is written to.
_FICLONE: Final = 0x40049409


@dataclass(frozen=True, slots=True)
class Base:
    """The file a snapshot begins as a copy of, and of each table taken over sums over its rows.

    Nothing writes to the file while it is copied.
    """

    database: Path
    tables: Mapping[str, Sums]


def copy_of(base: Base, target: Path) -> None:
    """Copy the file; where the file system can, they share their blocks.

    Args:
        base: what is copied.
        target: the file to be made, for the owner to write.

    Raises:
        DiskFull: it cannot be written, or the file not be read.
    """
    try:
        if not _shares_blocks(base.database, target):
            shutil.copyfile(base.database, target)
    except OSError as error:
        what = f"the marts of single customers could not be copied: {error.strerror}"
        mend = "free disk space, or keep fewer snapshots; the former snapshot stays"
        raise DiskFull(what, str(target), mend) from error


def _shares_blocks(source: Path, target: Path) -> bool:
    """Make a file that shares the blocks of another; False where the file system knows no such."""
    with source.open("rb") as read, target.open("wb") as written, contextlib.suppress(OSError):
        fcntl.ioctl(written, _FICLONE, read.fileno())
        return True
    return False


def strip(warehouse: Warehouse, database: str, keep: Collection[str]) -> None:
    """Drop the other tables of an attached snapshot or file of row marts.

    Args:
        warehouse: where it is attached.
        database: name of the attached database.
        keep: tables that stay.
    """
    with warehouse.transaction():
        for (name,) in warehouse.rows(
            "select table_name from duckdb_tables() where database_name = $database",
            {"database": database},
        ):
            if name not in keep:
                warehouse.execute(f"drop table {quoted(f'{database}.main.{name}')}")
