"""Publish the marts as one read-only snapshot: whole or not at all. Readers never wait."""

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from journeylab.errors import DiskFull, InputRefused, UnknownName
from journeylab.warehouse.cloning import Base, copy_of, strip
from journeylab.warehouse.connection import Warehouse, quoted
from journeylab.warehouse.hashing import Sums, combined_hash, content_sums, hash_of
from journeylab.warehouse.macros import make_macros, make_star
from journeylab.warehouse.models import Model, read_models
from journeylab.warehouse.retention import clear, prune
from journeylab.warehouse.snapshots import (
    DATABASE_NAME,
    MANIFEST_NAME,
    SNAPSHOTS_NAME,
    Snapshot,
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

#: Name of the snapshot's file where it is attached to be filled.
ATTACHED: Final = "published_snapshot"

#: Columns that make a table one of rows of single people: it has no place in a thinned snapshot.
ROW_COLUMNS: Final = frozenset({"customer_id", "journey_id", "session_id", "event_id"})

#: Bytes of a snapshot beside its tables: header, catalogue, comments, manifest.
_BYTES_BESIDE: Final = 1 << 20
#: Free blocks and half filled ones on top of the tables' own.
_SPARE: Final = 1.1


def publish(
    warehouse: Warehouse,
    models: Mapping[str, Model],
    *,
    published: Path,
    run_id: str,
    info: Mapping[str, Any],
    keep: int,
    keep_month_ends: int = 0,
    leave_free_bytes: int = 0,
    storage_version: str | None = None,
    base: Base | None = None,
    places: Mapping[str, str] = MappingProxyType({}),
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
        keep: newest snapshots kept; the current one is never removed.
        keep_month_ends: months whose last snapshot is kept besides.
        leave_free_bytes: bytes that must stay free on the disk.
        storage_version: oldest DuckDB that can read the file, for example ``v1.0.0``; None
            takes the running one.
        base: the file the snapshot begins as a copy of, checkpointed, and the tables taken over
            with it; None writes every table.
        places: model -> where its table stands, if not under its name.

    Returns:
        The snapshot.

    Raises:
        DiskFull: the disk would not hold it; nothing was written.
        InputRefused: the run id cannot name a folder, or names a snapshot that is there.
        QueryError: a table is missing, or the disk is full.
        UnknownName: ``info`` lacks a key.
    """
    for key in INFO_KEYS:
        if key not in info:
            raise UnknownName.of("key of the run's info", key, run_id, info)
    folder = _named(published, run_id)
    clear(published)
    copied = base.tables if base is not None else {}
    written = [
        places.get(name, name) for name, model in models.items() if model.table not in copied
    ]
    wanted = estimated_bytes(warehouse, written)
    if base is not None:
        wanted += base.database.stat().st_size
    refuse_full_disk(folder.parent, wanted, leave_free_bytes=leave_free_bytes)
    making = folder.parent / f".tmp-{run_id}"
    making.mkdir()
    try:
        told: dict[str, Any] = {"run_id": run_id, **{key: info[key] for key in INFO_KEYS}}
        with attached(warehouse, making, base=base, storage_version=storage_version):
            sums = _fill(warehouse, models, places, copied)
            told = describe(warehouse, told, sums)
        seal(making, told)
    except BaseException:
        shutil.rmtree(making)
        raise
    put(making, folder)
    point_at(published, run_id)  # the one step that readers see
    prune(published, keep=keep, keep_month_ends=keep_month_ends)
    return show(published)


def estimated_bytes(warehouse: Warehouse, tables: Iterable[str]) -> int:
    """Bytes a snapshot of the tables will take: those of their blocks, and a tenth more.

    Tables that are not on disk, as those of a warehouse in memory, count as nothing.
    """
    warehouse.execute("checkpoint")
    size = warehouse.scalar("select any_value(block_size) from pragma_database_size()")
    stored = " union all ".join(
        f"select block_id from pragma_storage_info({_literal(table)}) where persistent"
        for table in tables
    )
    blocks = warehouse.scalar(f"select count(distinct block_id) from ({stored})") if stored else 0
    return int(blocks * (size or 0) * _SPARE) + _BYTES_BESIDE


def refuse_full_disk(place: Path, wanted: int, *, leave_free_bytes: int = 0) -> None:
    """Refuse what the disk would not hold.

    Args:
        place: a folder on the disk.
        wanted: bytes to be written.
        leave_free_bytes: bytes that must stay free after that.

    Raises:
        DiskFull: with the bytes wanted and the bytes free.
    """
    free = shutil.disk_usage(place).free
    if wanted + leave_free_bytes <= free:
        return
    kept = f", of which {leave_free_bytes:,} must stay free" if leave_free_bytes else ""
    raise DiskFull(
        f"the snapshot takes about {wanted:,} bytes, {free:,} are free{kept}",
        str(place),
        "free disk space, or keep fewer snapshots: publish.keep, journeylab snapshots prune;"
        " the former snapshot stays",
    )


def put(making: Path, folder: Path) -> None:
    """Give a finished snapshot its name: it is whole and on disk, but nobody looks at it yet."""
    making.chmod(0o755)
    making.rename(folder)
    sync(folder.parent)


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


def _fill(
    warehouse: Warehouse,
    models: Mapping[str, Model],
    places: Mapping[str, str],
    copied: Mapping[str, Sums],
) -> dict[str, Sums]:
    """Write the tables that were not copied; sums over the rows of each table."""
    strip(warehouse, ATTACHED, copied.keys() & {model.table for model in models.values()})
    sums: dict[str, Sums] = {}
    for name, model in sorted(models.items(), key=lambda told: told[1].table):
        copy = f"{ATTACHED}.main.{model.table}"
        with warehouse.transaction():  # or each comment would wait for the disk
            if model.table not in copied:
                stored = quoted(places.get(name, name))
                warehouse.execute(f"create table {quoted(copy)} as from {stored}")
            _comment(warehouse, copy, model)
        if model.table in copied:
            sums[model.table] = copied[model.table]
    rest = [model.table for model in models.values() if model.table not in sums]
    return {**sums, **sums_of(warehouse, rest)}


@contextlib.contextmanager
def attached(
    warehouse: Warehouse,
    making: Path,
    *,
    base: Base | None = None,
    storage_version: str | None = None,
) -> Iterator[None]:
    """Attach the file of a snapshot that is being made, and checkpoint what was written to it."""
    if base is not None:
        copy_of(base, making / DATABASE_NAME)
    options = f" (storage_version {_literal(storage_version)})" if storage_version else ""
    warehouse.execute(f"attach {_literal(str(making / DATABASE_NAME))} as {ATTACHED}{options}")
    try:
        yield
        warehouse.execute(f"checkpoint {ATTACHED}")
    finally:
        warehouse.execute(f"detach {ATTACHED}")


def sums_of(warehouse: Warehouse, names: Iterable[str]) -> dict[str, Sums]:
    """Sums over the rows of attached tables: table -> sums."""
    return {name: content_sums(warehouse, f"{ATTACHED}.main.{name}") for name in names}


def describe(
    warehouse: Warehouse, told: Mapping[str, Any], sums: Mapping[str, Sums]
) -> dict[str, Any]:
    """Hash the attached tables, write ``snapshot_info`` and the macros.

    Args:
        warehouse: where the file is attached.
        told: what is known of the run, and of what was done to the snapshot since.
        sums: each of its tables -> sums over its rows.

    Returns:
        What the manifest tells, but for the file.
    """
    tables: dict[str, dict[str, Any]] = {}
    columns: set[str] = set()
    for name in sorted(sums):
        kinds = warehouse.columns(f"{ATTACHED}.main.{name}")
        columns.update(kinds)
        tables[name] = {"rows": sums[name].rows, "content_hash": hash_of(kinds, sums[name])}
    whole = {
        "redactions": 0,
        "k_floor": None,
        "hidden_rows": 0,
        **told,
        "journeylab_version": version("journeylab"),
        "duckdb_version": warehouse.scalar("select version()"),
        "has_rows": not ROW_COLUMNS.isdisjoint(columns),
        "content_hash": combined_hash({n: t["content_hash"] for n, t in tables.items()}),
        "tables": tables,
    }
    _write_info(warehouse, {**whole, "tables": json.dumps(tables)})
    make_macros(warehouse, tables, database=ATTACHED)
    make_star(warehouse, tables, database=ATTACHED)
    return whole


def seal(making: Path, told: Mapping[str, Any]) -> None:
    """Make the file read-only, write the manifest, and have both on disk."""
    database = making / DATABASE_NAME
    database.chmod(0o444)
    with database.open("rb") as opened, ThreadPoolExecutor(1) as syncing:
        synced = syncing.submit(sync, database)  # the disk writes while the digest is taken
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        synced.result()
    file = {"name": DATABASE_NAME, "bytes": database.stat().st_size, "sha256": digest}
    manifest = making / MANIFEST_NAME
    manifest.write_text(json.dumps({**told, "file": file}, indent=2, default=_text) + "\n")
    manifest.chmod(0o444)
    sync(manifest)
    sync(making)


def _write_info(warehouse: Warehouse, values: Mapping[str, Any]) -> None:
    model = read_models("snapshot")["snapshot.snapshot_info"]
    target = f"{ATTACHED}.main.{model.table}"
    told = ", ".join(f"${c.name}::{c.type} as {quoted(c.name)}" for c in model.columns)
    bound = {column.name: values[column.name] for column in model.columns}
    with warehouse.transaction():
        warehouse.execute(f"create table {quoted(target)} as select {told}", bound)
        _comment(warehouse, target, model)


def _comment(warehouse: Warehouse, table: str, model: Model) -> None:
    grain = model.grain[:1].upper() + model.grain[1:]
    about = _literal(f"{model.about} {grain}.")
    comments = [f"comment on table {quoted(table)} is {about}"]
    for column in model.columns:
        target = quoted(f"{table}.{column.name}")
        comments.append(f"comment on column {target} is {_literal(column.text)}")
    warehouse.execute("; ".join(comments))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
