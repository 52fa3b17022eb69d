"""A published snapshot -> a replacement with less in it, put in place whole or not at all."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from journeylab.warehouse.connection import Warehouse, open_warehouse, quoted
from journeylab.warehouse.macros import drop_macros_and_views
from journeylab.warehouse.publishing import (
    ATTACHED,
    ROW_COLUMNS,
    attached,
    describe,
    put,
    refuse_full_disk,
    seal,
    sums_of,
)
from journeylab.warehouse.retention import clear, remove
from journeylab.warehouse.snapshots import (
    MANIFEST_NAME,
    Snapshot,
    point_at,
    revision_of,
    show,
)

#: Changes the tables of a private copy and returns what the manifest tells of it.
Edit = Callable[[Warehouse], Mapping[str, Any]]

_INFO: Final = "snapshot_info"
_WORK: Final = "work.duckdb"


def replace(
    published: Path, snapshot: Snapshot, edit: Edit, *, storage_version: str | None = None
) -> Snapshot:
    """Put an edited copy in the place of a snapshot. The caller holds the writer's lock.

    The copy is edited apart and written to a fresh file, so that no block of it holds what
    was removed. Readers see the former one or the new one, never half of one; who has the
    former one open keeps it until it is closed. A writer killed on the way leaves the former
    one, or both, of which the later counts; the next writer sweeps up.

    Args:
        published: folder of the snapshots.
        snapshot: the one to replace.
        edit: changes the tables of the copy.
        storage_version: as in ``publish``.

    Returns:
        The replacement: the same run, in a folder of its own.

    Raises:
        DiskFull: the disk would not hold it.
    """
    clear(published)
    folder = snapshot.folder.with_name(f"{snapshot.run_id}-r{revision_of(snapshot.folder) + 1}")
    making = folder.with_name(f".tmp-{folder.name}")
    copy_edited(snapshot, making, edit, storage_version=storage_version)
    put(making, folder)
    if snapshot.is_current:
        point_at(published, folder.name)
    remove(snapshot.folder)
    return show(published, snapshot.run_id)


def copy_edited(
    snapshot: Snapshot, making: Path, edit: Edit, *, storage_version: str | None = None
) -> None:
    """Write an edited copy of a snapshot, its manifest beside it, into a new folder.

    Args:
        snapshot: the one to copy.
        making: the folder; what it held after a fault is removed.
        edit: changes the tables of the copy.
        storage_version: as in ``publish``.
    """
    refuse_full_disk(snapshot.folder, 2 * snapshot.bytes)
    making.mkdir()
    work = making / _WORK
    try:
        shutil.copyfile(snapshot.database, work)
        told = _manifest(snapshot)
        with open_warehouse(work, spill=making / "spill") as opened:
            own = opened.scalar("select current_database()")
            drop_macros_and_views(opened, own)  # made anew beside the tables that stay
            opened.execute(f"drop table if exists {_INFO}")
            told.update(edit(opened))
            names = [name.removeprefix("main.") for name in opened.table_names()]
            with attached(opened, making, storage_version=storage_version):
                opened.execute(f"copy from database {quoted(own)} to {ATTACHED}")
                told = describe(opened, told, sums_of(opened, names))
        for left in making.glob(f"{_WORK}*"):
            left.unlink()
        shutil.rmtree(making / "spill")
        seal(making, told)
    except BaseException:
        shutil.rmtree(making)
        raise


def thin(
    published: Path,
    snapshot: Snapshot,
    *,
    finish: Edit = lambda _: {},
    storage_version: str | None = None,
) -> Snapshot:
    """Replace a snapshot by one without rows of single customers, journeys or events.

    Args:
        published: folder of the snapshots.
        snapshot: the one to thin.
        finish: changes what is left, for example by the floor of customers.
        storage_version: as in ``publish``.
    """

    def edit(opened: Warehouse) -> Mapping[str, Any]:
        drop_rows(opened)
        return finish(opened)

    return replace(published, snapshot, edit, storage_version=storage_version)


def drop_rows(opened: Warehouse) -> None:
    """Drop every table that tells of single customers, journeys, sessions or events."""
    for name in opened.table_names():
        told = opened.columns(name)
        is_of_people = any(column.removeprefix("old_") in ROW_COLUMNS for column in told)
        if is_of_people or any(column.endswith("identifier_hash") for column in told):
            opened.execute(f"drop table {quoted(name)}")
        elif "medoid_journey_id" in told:
            opened.execute(f"update {quoted(name)} set medoid_journey_id = null")
        elif name == "main.identity_audit":
            named = "measure in ('largest_customer', 'highest_degree')"
            opened.execute(f"delete from {quoted(name)} where {named}")


def thinned_beyond(snapshots: list[Snapshot], keep_rows: int) -> list[Snapshot]:
    """Snapshots to thin, newest first: beyond the newest so many, with rows, not current."""
    return [s for s in snapshots[keep_rows:] if s.has_rows and not s.is_current]


def _manifest(snapshot: Snapshot) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((snapshot.folder / MANIFEST_NAME).read_text(encoding="utf-8"))
    return {key: value for key, value in told.items() if key not in ("file", "tables")}
