"""Which snapshots stay, and the sweeping up after killed writers. Never changes a snapshot."""

import shutil
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

from journeylab.warehouse.snapshots import (
    SNAPSHOTS_NAME,
    Snapshot,
    current_run_id,
    list_snapshots,
    point_at,
    run_of,
    snapshot_folders,
)


def kept(snapshots: Sequence[Snapshot], *, keep: int, keep_month_ends: int) -> list[Snapshot]:
    """The snapshots that stay, newest first: the current one, the newest, and month ends.

    Args:
        snapshots: all of them, newest first.
        keep: how many of the newest.
        keep_month_ends: of how many ended months, the latest, the last snapshot. A month is
            that of ``as_of_at`` in the reporting zone; it has ended when a later one began.

    Example:
        >>> kept([], keep=7, keep_month_ends=12)
        []
    """
    last: dict[str, str] = {}  # month -> its last snapshot, latest month first
    for snapshot in snapshots:
        last.setdefault(_month(snapshot), snapshot.run_id)
    ended = list(last.values())[1 : keep_month_ends + 1]
    newest = {snapshot.run_id for snapshot in snapshots[:keep]}
    return [
        snapshot
        for snapshot in snapshots
        if snapshot.is_current or snapshot.run_id in newest or snapshot.run_id in ended
    ]


def prune(published: Path, *, keep: int, keep_month_ends: int) -> list[Snapshot]:
    """Remove the snapshots that need not stay. The caller holds the writer's lock.

    Args:
        published: folder of the snapshots.
        keep: as in ``kept``.
        keep_month_ends: as in ``kept``.

    Returns:
        Those removed, newest first.
    """
    clear(published)
    snapshots = list_snapshots(published)
    staying = {s.run_id for s in kept(snapshots, keep=keep, keep_month_ends=keep_month_ends)}
    gone = [snapshot for snapshot in snapshots if snapshot.run_id not in staying]
    for snapshot in gone:
        remove(snapshot.folder)
    return gone


def clear(published: Path) -> None:
    """Remove what killed writers left half made or half removed, and finish a replacement."""
    for left in (published / SNAPSHOTS_NAME).glob(".tmp-*"):
        shutil.rmtree(left)
    current = current_run_id(published) or ""
    for run_id, folders in snapshot_folders(published).items():
        if run_of(current) == run_id and current != folders[-1].name:
            point_at(published, folders[-1].name)
        for folder in folders[:-1]:
            remove(folder)


def remove(folder: Path) -> None:
    """Remove a snapshot, by a rename first: no half of one keeps a good name."""
    doomed = folder.parent / f".tmp-old-{folder.name}"
    folder.rename(doomed)
    shutil.rmtree(doomed)


def _month(snapshot: Snapshot) -> str:
    if snapshot.as_of_at is None:
        return snapshot.run_id[:6]
    local = snapshot.as_of_at.replace(tzinfo=UTC).astimezone(ZoneInfo(snapshot.reporting_timezone))
    return f"{local:%Y-%m}"
