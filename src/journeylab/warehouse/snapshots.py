"""Published snapshots: find, list, open and roll back. Never changes one."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from journeylab.errors import NoSnapshot, QueryError, UnknownName
from journeylab.warehouse.connection import Warehouse, open_read_only

DATABASE_NAME: Final = "journeylab.duckdb"
MANIFEST_NAME: Final = "manifest.json"
CURRENT_NAME: Final = "current"
SNAPSHOTS_NAME: Final = "snapshots"

_OPEN_TRIES: Final = 5
_REVISION: Final = re.compile(r"-r(\d+)$")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One published snapshot, as its manifest tells. Instants are UTC without a zone.

    ``folder`` is named by the run; where a replacement stands for what was published, by the
    run and its number. ``k_floor`` and ``hidden_rows`` are those of ``snapshot_info``.
    """

    run_id: str
    folder: Path
    is_current: bool
    as_of_at: datetime | None
    horizon_at: datetime | None
    config_hash: str
    input_fingerprint: str
    content_hash: str
    journeylab_version: str
    duckdb_version: str
    bytes: int
    sha256: str
    rows: Mapping[str, int]
    table_hashes: Mapping[str, str]
    reporting_timezone: str = "UTC"
    has_rows: bool = True
    k_floor: int | None = None
    hidden_rows: int = 0
    redactions: int = 0

    @property
    def database(self) -> Path:
        """The DuckDB file."""
        return self.folder / DATABASE_NAME


def list_snapshots(published: Path) -> list[Snapshot]:
    """Every published snapshot, newest first; empty when there is none.

    Args:
        published: folder of the snapshots and of the link ``current``.
    """
    current = run_of(current_run_id(published) or "")
    return [
        _read(folders[-1], is_current=run_id == current)
        for run_id, folders in sorted(snapshot_folders(published).items(), reverse=True)
    ]


def snapshot_folders(published: Path) -> dict[str, list[Path]]:
    """Folders of each run's snapshot: what was published, then its replacements in order.

    There is one folder a run but while a replacement is being put in place.
    """
    found: dict[str, list[Path]] = {}
    for folder in (published / SNAPSHOTS_NAME).glob("[!.]*"):
        if (folder / MANIFEST_NAME).is_file():
            found.setdefault(run_of(folder.name), []).append(folder)
    return {run_id: sorted(folders, key=revision_of) for run_id, folders in found.items()}


def run_of(folder_name: str) -> str:
    """Run whose snapshot a folder holds."""
    return _REVISION.sub("", folder_name)


def revision_of(folder: Path) -> int:
    """How often the snapshot in a folder has been replaced."""
    found = _REVISION.search(folder.name)
    return int(found.group(1)) if found else 0


def show(published: Path, run_id: str | None = None) -> Snapshot:
    """One snapshot.

    Args:
        published: folder of the snapshots.
        run_id: its run, or the beginning of it where only one snapshot begins so; None takes
            the current one.

    Raises:
        NoSnapshot: nothing has been published.
        UnknownName: no snapshot is named so.
    """
    snapshots = list_snapshots(published)
    if run_id is None:
        found = [snapshot for snapshot in snapshots if snapshot.is_current]
        if not found:
            raise _nothing_published(published)
        return found[0]
    exact = [snapshot for snapshot in snapshots if snapshot.run_id == run_id]
    found = exact or [snapshot for snapshot in snapshots if snapshot.run_id.startswith(run_id)]
    if len(found) != 1:
        known = [snapshot.run_id for snapshot in snapshots]
        raise UnknownName.of("snapshot", run_id, str(published), known)
    return found[0]


def current_run_id(published: Path) -> str | None:
    """Folder that the link ``current`` names; None without a link.

    It is the run's id, with the number of the replacement where there was one, so that it
    changes whenever a reader has to open another file.
    """
    link = published / CURRENT_NAME
    return Path(os.readlink(link)).name if link.is_symlink() else None


def find_database(place: Path) -> Path:
    """Resolve a place to the DuckDB file it means, with no link left in the path.

    A path without links names a file that never changes, which is what a reader should open.

    Args:
        place: a DuckDB file, a snapshot's folder, the link ``current``, or the folder of all
            snapshots.

    Raises:
        NoSnapshot: there is no snapshot.
    """
    for candidate in (place, place / DATABASE_NAME, place / CURRENT_NAME / DATABASE_NAME):
        if candidate.is_file():
            return candidate.resolve()
    raise _nothing_published(place)


def open_current(published: Path, *, memory_limit: str = "2GB") -> Warehouse:
    """Open the current snapshot for reading.

    An open snapshot stays readable and unchanged while later runs publish and prune.

    Args:
        published: folder of the snapshots, or any place ``find_database`` resolves.
        memory_limit: DuckDB size.

    Raises:
        NoSnapshot: nothing has been published.
        QueryError: the file is no DuckDB database.
    """
    for _ in range(_OPEN_TRIES):
        database = find_database(published)
        try:
            return open_read_only(database, memory_limit=memory_limit)
        except QueryError:
            if database.exists():
                raise
            # A run pruned it since the link was read: the link names another one by now.
    raise _nothing_published(published)


def previous(published: Path, run_id: str) -> Snapshot:
    """The newest snapshot that is older than the given run's.

    Raises:
        NoSnapshot: there is none.
    """
    for snapshot in list_snapshots(published):
        if snapshot.run_id < run_id:
            return snapshot
    raise NoSnapshot(
        f"no snapshot is older than {run_id}",
        str(published),
        "publish.keep in journeylab.toml says how many are kept",
    )


def rollback(published: Path, run_id: str | None = None) -> Snapshot:
    """Point ``current`` at an older snapshot. The caller holds the writer's lock.

    Nothing is removed: the newer snapshot can be taken again, and the next run publishes a
    new one.

    Args:
        published: folder of the snapshots.
        run_id: the snapshot to take; None takes the one before the current one.

    Returns:
        The snapshot that is now current.

    Raises:
        NoSnapshot: there is none, or none older.
        UnknownName: no snapshot is named so.
    """
    wanted = show(published, run_id) if run_id else previous(published, show(published).run_id)
    point_at(published, wanted.folder.name)
    return show(published)


def point_at(published: Path, folder_name: str) -> None:
    """Swap the link ``current`` in one step, and have it on disk before returning."""
    for left in published.glob(".current-*"):
        left.unlink()
    link = published / f".current-{os.getpid()}"
    link.symlink_to(Path(SNAPSHOTS_NAME) / folder_name)
    link.replace(published / CURRENT_NAME)
    sync(published)


def sync(path: Path) -> None:
    """Have a file's content, or a folder's names, on disk before returning."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(folder: Path, *, is_current: bool) -> Snapshot:
    told = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
    tables: dict[str, dict[str, Any]] = told["tables"]
    return Snapshot(
        run_id=told["run_id"],
        folder=folder,
        is_current=is_current,
        as_of_at=_instant(told["as_of_at"]),
        horizon_at=_instant(told["horizon_at"]),
        config_hash=told["config_hash"],
        input_fingerprint=told["input_fingerprint"],
        content_hash=told["content_hash"],
        journeylab_version=told["journeylab_version"],
        duckdb_version=told["duckdb_version"],
        bytes=told["file"]["bytes"],
        sha256=told["file"]["sha256"],
        rows={name: table["rows"] for name, table in tables.items()},
        table_hashes={name: table["content_hash"] for name, table in tables.items()},
        reporting_timezone=told["reporting_timezone"],
        has_rows=told.get("has_rows", True),
        k_floor=told.get("k_floor"),
        hidden_rows=told.get("hidden_rows", 0),
        redactions=told.get("redactions", 0),
    )


def _instant(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def _nothing_published(place: Path) -> NoSnapshot:
    return NoSnapshot("there is no published snapshot", str(place), "make one with: journeylab run")
