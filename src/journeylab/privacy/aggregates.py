"""Snapshots without rows of single people: older ones thinned, and copies to hand out."""

import shutil
from pathlib import Path
from typing import Any

from journeylab.errors import InputRefused
from journeylab.privacy.floor import apply_floor
from journeylab.warehouse import (
    Snapshot,
    Warehouse,
    copy_edited,
    drop_rows,
    list_snapshots,
    thin,
    thinned_beyond,
)


def thin_older(
    published: Path, *, keep_rows: int, k_floor: int | None, storage_version: str | None = None
) -> list[Snapshot]:
    """Thin the snapshots beyond the newest to their aggregates, the floor laid over them.

    The caller holds the writer's lock.

    Args:
        published: folder of the snapshots.
        keep_rows: newest snapshots that keep their rows; the current one always does.
        k_floor: least customers of a row of paths; None for none.
        storage_version: oldest DuckDB that can read the files; None takes the running one.

    Returns:
        The replacements, newest first.

    Raises:
        DiskFull: the disk would not hold a copy.
    """
    return [
        thin(
            published,
            snapshot,
            finish=lambda opened: _floor(opened, k_floor),
            storage_version=storage_version,
        )
        for snapshot in thinned_beyond(list_snapshots(published), keep_rows)
    ]


def write_aggregates(snapshot: Snapshot, output: Path, *, k_floor: int | None) -> None:
    """Write a copy of a snapshot that holds its aggregates alone, the floor laid over them.

    Args:
        snapshot: what to copy.
        output: the file to write; it must not exist.
        k_floor: least customers of a row of paths; None for none.

    Raises:
        InputRefused: the file exists, or its folder does not.
    """
    if output.exists() or not output.parent.is_dir():
        what = "exists" if output.exists() else "has no folder"
        raise InputRefused(f"{output} {what}", str(output), "name a new file in a folder")
    making = output.with_name(f".tmp-{output.name}")

    def edit(opened: Warehouse) -> dict[str, Any]:
        drop_rows(opened)
        return _floor(opened, k_floor)

    copy_edited(snapshot, making, edit)
    (making / snapshot.database.name).replace(output)
    shutil.rmtree(making)


def _floor(opened: Warehouse, k_floor: int | None) -> dict[str, Any]:
    return apply_floor(opened, k=k_floor) if k_floor else {}
