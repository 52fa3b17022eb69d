"""Publish the marts as one read-only snapshot: whole or not at all. Readers never wait."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from journeylab.errors import InputRefused, UnknownName
from journeylab.warehouse.connection import Warehouse, quoted
from journeylab.warehouse.hashing import combined_hash, content_hash
from journeylab.warehouse.macros import make_macros
from journeylab.warehouse.models import Model, read_models
from journeylab.warehouse.snapshots import (
    DATABASE_NAME,
    MANIFEST_NAME,
    SNAPSHOTS_NAME,
    Snapshot,
    current_run_id,
    point_at,
    show,
    sync,
)

#: What the caller tells of the run; values go to ``snapshot_info`` and the manifest.
INFO_KEYS: Final = (
    "as_of_at",
    "horizon_at",
    "config_hash",
    "input_fingerprint",
    "reporting_timezone",
)

_ATTACHED: Final = "published_snapshot"


def publish(
    warehouse: Warehouse,
    models: Mapping[str, Model],
    *,
    published: Path,
    run_id: str,
    info: Mapping[str, Any],
    keep: int,
    storage_version: str | None = None,
) -> Snapshot:
    """Copy the marts into a new snapshot and make it the current one.

    The caller holds the writer's lock. A run that is killed at any point leaves the former
    snapshot current and whole; what it left behind is removed by the next one.

    Args:
        warehouse: the private warehouse with the built tables.
        models: the published tables: name ``marts.<table>`` -> model; each becomes
            ``<table>`` with the texts of its header as comments, rows in their stored order.
        published: folder of the snapshots and of the link ``current``; made when missing.
        run_id: name of the snapshot; names sort by time.
        info: ``as_of_at`` and ``horizon_at`` (UTC, the second may be None), ``config_hash``,
            ``input_fingerprint``, ``reporting_timezone``.
        keep: snapshots kept; the current one is never removed.
        storage_version: oldest DuckDB that can read the file, for example ``v1.0.0``; None
            takes the running one.

    Returns:
        The snapshot.

    Raises:
        InputRefused: the run id cannot name a folder, or names a snapshot that is there.
        QueryError: a table is missing, or the disk is full.
        UnknownName: ``info`` lacks a key.
    """
    for key in INFO_KEYS:
        if key not in info:
            raise UnknownName.of("key of the run's info", key, run_id, info)
    folder = _named(published, run_id)
    _clear(folder.parent)
    making = folder.parent / f".tmp-{run_id}"
    making.mkdir()
    try:
        _fill(warehouse, models, making, run_id=run_id, info=info, storage_version=storage_version)
    except BaseException:
        shutil.rmtree(making)
        raise
    making.chmod(0o755)
    making.rename(folder)  # whole and on disk, but nobody looks at it yet
    sync(folder.parent)
    point_at(published, run_id)  # the one step that readers see
    _prune(published, keep)
    return show(published)


def _named(published: Path, run_id: str) -> Path:
    snapshots = published / SNAPSHOTS_NAME
    for folder in (published, snapshots):
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o755)
    if not run_id or run_id.startswith(".") or "/" in run_id:
        raise InputRefused(f"{run_id!r} cannot name a snapshot", str(snapshots), "use a plain name")
    if (snapshots / run_id).exists():
        raise InputRefused(f"snapshot {run_id!r} exists", str(snapshots), "take a new run id")
    return snapshots / run_id


def _clear(snapshots: Path) -> None:
    """Remove what killed runs left half made or half pruned."""
    for left in snapshots.glob(".tmp-*"):
        shutil.rmtree(left)


def _fill(
    warehouse: Warehouse,
    models: Mapping[str, Model],
    making: Path,
    *,
    run_id: str,
    info: Mapping[str, Any],
    storage_version: str | None,
) -> None:
    database = making / DATABASE_NAME
    options = f" (storage_version {_literal(storage_version)})" if storage_version else ""
    warehouse.execute(f"attach {_literal(str(database))} as {_ATTACHED}{options}")
    try:
        told = _copy(warehouse, models, run_id=run_id, info=info)
        warehouse.execute(f"checkpoint {_ATTACHED}")
    finally:
        warehouse.execute(f"detach {_ATTACHED}")
    database.chmod(0o444)
    sync(database)
    with database.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    file = {"name": DATABASE_NAME, "bytes": database.stat().st_size, "sha256": digest}
    manifest = making / MANIFEST_NAME
    manifest.write_text(json.dumps({**told, "file": file}, indent=2, default=_text) + "\n")
    manifest.chmod(0o444)
    sync(manifest)
    sync(making)


def _copy(
    warehouse: Warehouse, models: Mapping[str, Model], *, run_id: str, info: Mapping[str, Any]
) -> dict[str, Any]:
    """Copy every table and return what the manifest tells."""
    tables = {}
    for model in sorted(models.values(), key=lambda model: model.table):
        copy = f"{_ATTACHED}.main.{model.table}"
        with warehouse.transaction():  # or each comment would wait for the disk
            warehouse.execute(f"create table {quoted(copy)} as from {quoted(model.name)}")
            _comment(warehouse, copy, model)
        tables[model.table] = {
            "rows": warehouse.scalar(f"select count(*) from {quoted(copy)}"),
            "content_hash": content_hash(warehouse, copy),
        }
    told = {
        "run_id": run_id,
        **{key: info[key] for key in INFO_KEYS},
        "journeylab_version": version("journeylab"),
        "duckdb_version": warehouse.scalar("select version()"),
        "content_hash": combined_hash({n: t["content_hash"] for n, t in tables.items()}),
        "tables": tables,
    }
    _write_info(warehouse, {**told, "tables": json.dumps(tables)})
    make_macros(warehouse, tables, database=_ATTACHED)
    return told


def _write_info(warehouse: Warehouse, values: Mapping[str, Any]) -> None:
    model = read_models("snapshot")["snapshot.snapshot_info"]
    target = f"{_ATTACHED}.main.{model.table}"
    told = ", ".join(f"${c.name}::{c.type} as {quoted(c.name)}" for c in model.columns)
    with warehouse.transaction():
        warehouse.execute(f"create table {quoted(target)} as select {told}", values)
        _comment(warehouse, target, model)


def _comment(warehouse: Warehouse, table: str, model: Model) -> None:
    grain = model.grain[:1].upper() + model.grain[1:]
    about = _literal(f"{model.about} {grain}.")
    warehouse.execute(f"comment on table {quoted(table)} is {about}")
    for column in model.columns:
        target = quoted(f"{table}.{column.name}")
        warehouse.execute(f"comment on column {target} is {_literal(column.text)}")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _prune(published: Path, keep: int) -> None:
    """Remove all but the newest, by a rename first: no half snapshot keeps a good name."""
    current = current_run_id(published)
    snapshots = published / SNAPSHOTS_NAME
    folders = sorted(snapshots.glob("[!.]*"), key=lambda folder: folder.name, reverse=True)
    for folder in folders[keep:]:
        if folder.name != current:
            doomed = snapshots / f".tmp-old-{folder.name}"
            folder.rename(doomed)
            shutil.rmtree(doomed)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
