"""A published snapshot -> a copy of it in which the rows of some tables are replaced.

What changed over night is a small part of the great tables, so the next snapshot is the last
one's file with these rows deleted and inserted. The file that is copied is never changed.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from journeylab.errors import DiskFull
from journeylab.warehouse.connection import Warehouse, quoted
from journeylab.warehouse.hashing import Sums, content_sums
from journeylab.warehouse.macros import drop_macros_and_views

_CHUNK_BYTES = 1 << 22

#: Rows that come, laid apart: to find them among all others costs more than all that follows.
_COMING = "temp.coming"

#: Where in the copy the rows stand that leave: with their places known, only they are read whole.
_LEAVING = "temp.leaving"


@dataclass(frozen=True, slots=True)
class Carried:
    """One table that a snapshot takes over from the last one.

    Attributes:
        sums: sums over the rows it has there.
        gone: conditions of its rows there that leave, no row under two of them.
        fresh: conditions of the rows of the warehouse's table that come, likewise.
        replaced: rows that came since it was written whole, these among them.
        laid: table in which all rows that come lie apart; without one they are sought.
    """

    sums: Sums
    gone: Sequence[str]
    fresh: Sequence[str]
    replaced: int
    laid: str | None = None


@dataclass(frozen=True, slots=True)
class Base:
    """The snapshot to be copied: its file, that file's sha-256, and the tables taken over."""

    database: Path
    sha256: str
    tables: Mapping[str, Carried]


def copy_of(base: Base, target: Path) -> bool:
    """Copy the file of a snapshot; whether it is byte for byte what was published.

    A copy that is not is removed again.

    Args:
        base: the snapshot.
        target: the file to be made, for the owner to write.

    Raises:
        DiskFull: it cannot be written, or the former one not be read.
    """
    digest = hashlib.sha256()
    try:
        with (
            base.database.open("rb") as former,
            target.open("xb") as copy,
            ThreadPoolExecutor(1) as writing,
        ):
            written: Future[int] | None = None
            while chunk := former.read(_CHUNK_BYTES):
                if written is not None:
                    written.result()
                written = writing.submit(copy.write, chunk)  # while its digest is taken
                digest.update(chunk)
            if written is not None:
                written.result()
    except OSError as error:
        what = f"the last snapshot could not be copied: {error.strerror}"
        mend = "free disk space, or keep fewer snapshots; the former snapshot stays"
        raise DiskFull(what, str(target), mend) from error
    if digest.hexdigest() == base.sha256:
        return True
    target.unlink()
    return False


def strip(warehouse: Warehouse, database: str, keep: Collection[str]) -> None:
    """Drop what an attached snapshot holds beside the tables that are taken over.

    Args:
        warehouse: where the snapshot is attached.
        database: name of the attached database.
        keep: tables that stay.
    """
    drop_macros_and_views(warehouse, database)
    with warehouse.transaction():
        for (name,) in warehouse.rows(
            "select table_name from duckdb_tables() where database_name = $database",
            {"database": database},
        ):
            if name not in keep:
                warehouse.execute(f"drop table {quoted(f'{database}.main.{name}')}")


def carry(warehouse: Warehouse, table: str, copy: str, carried: Carried) -> Sums:
    """Replace the changed rows of one table that is taken over, in the caller's transaction.

    Args:
        warehouse: where the table stands and the copy is attached.
        table: its name in the warehouse.
        copy: its name in the copy.
        carried: which rows leave, and which come.

    Returns:
        Sums over its rows afterwards.
    """
    sums = carried.sums
    for gone in carried.gone:
        warehouse.execute(
            f"create temp table leaving as select rowid as place from {quoted(copy)} where {gone}"
        )
        some = f"rowid in (select place from {_LEAVING})"
        sums -= content_sums(warehouse, copy, where=some)
        warehouse.execute(f"delete from {quoted(copy)} where {some}")
        warehouse.execute(f"drop table {_LEAVING}")
    if carried.laid is not None:
        return sums + _bring(warehouse, carried.laid, copy)
    for fresh in carried.fresh:
        warehouse.execute(f"create temp table coming as from {quoted(table)} where {fresh}")
        sums += _bring(warehouse, _COMING, copy)
        warehouse.execute(f"drop table {quoted(_COMING)}")
    return sums


def _bring(warehouse: Warehouse, rows: str, copy: str) -> Sums:
    """Write rows that lie apart into the copy; sums over them."""
    warehouse.execute(f"insert into {quoted(copy)} from {quoted(rows)}")
    return content_sums(warehouse, rows)
