"""Rebuild a lost warehouse from the copies of its files and the last snapshot; publish nothing."""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from journeylab.erasure import is_rewritten
from journeylab.errors import WouldLose
from journeylab.intake import Accepted, entries, load_again
from journeylab.intake.landing import find_copy
from journeylab.parameters import naive_utc
from journeylab.pipeline.forgotten import load_freed_events
from journeylab.pipeline.former import Former
from journeylab.pipeline.registry import formats_in_use, registry
from journeylab.pipeline.runs import STATE, context_of, private_files
from journeylab.pipeline.steps import LAYERS, Step
from journeylab.privacy import KEY_VARIABLE
from journeylab.rules import load_rules
from journeylab.settings import Settings
from journeylab.warehouse import (
    Bench,
    Snapshot,
    Warehouse,
    ensure,
    hold,
    list_snapshots,
    open_read_only,
    open_warehouse,
    read_models,
    remove_row_marts,
    sync,
)

#: State of the warehouse that the last snapshot tells: published under the same names.
TOLD_BY_SNAPSHOT: Final = ("check_results", "customer_aliases", "runs")

#: State that is made again: by loading the copies, and by finding whose identifiers are.
MADE_AGAIN: Final = ("deliveries", "identifier_owners", "rejected_rows", "schema_drift")

_OWNERS: Final = "identity.identifier_owners"
_SNAPSHOT: Final = "last_snapshot"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: files and raw rows, and what is remembered of the last snapshot.

    Attributes:
        files: files loaded again from their copies.
        rows: rows of them.
        snapshot: run whose snapshot is remembered; None where nothing was published.
        identifiers: identifiers whose customer is remembered.
        aliases: changes of customer ids that are remembered.
        damaged: folder the former warehouse was moved to; None when there was none.
        lost: what could not be restored, a sentence each; empty unless that was accepted.
    """

    files: int
    rows: int
    snapshot: str | None
    identifiers: int
    aliases: int
    damaged: Path | None
    lost: Sequence[str]


def restore(settings: Settings, *, started_at: datetime, accept_loss: bool = False) -> Restored:
    """Rebuild the warehouse from ``var/landed`` and the last snapshot, and put it in place.

    The raw tables are loaded again from the copies, in the order they came. What a run must
    know of the last published one comes from its snapshot: runs, checks, set-aside files, and
    the changes of customer ids; whose each identifier was is found again from the files the
    snapshot was made of. The next run builds everything else, and equals a full one.

    A restore that fails or is killed leaves the former warehouse as it was.

    Args:
        settings: the settings of the last run.
        started_at: start of the restore, UTC; names the folder of the former warehouse.
        accept_loss: go on although something is nowhere else.

    Rows that were expired come back and expire in the next run. Who was forgotten stays so:
    the copies lack them. A damaged copy is loaded as far as it can be.

    Raises:
        LockHeld: a run is at work.
        WouldLose: something is neither in ``var/landed`` nor in the last snapshot.
        JourneyLabError: a setting, rule or model that cannot be used.
    """
    start = naive_utc(started_at)
    paths = settings.paths
    making = paths.var / ".restoring"
    lost: list[str] = []
    with private_files(), hold(paths.lock, started_at=start):
        shutil.rmtree(making, ignore_errors=True)
        lost += _lost_key(settings)
        snapshot = _last_snapshot(settings, lost)
        published = _files_of(snapshot, settings)
        later = _files_since(published, settings)
        for file in (*published, *later):
            lost += [*_lost_file(file, settings), *_changed_file(file, settings)]
        _refuse(lost, accept_loss=accept_loss)
        with open_warehouse(
            making / "warehouse.duckdb",
            spill=paths.var / "spill",
            memory_limit=settings.run.memory_limit,
            spill_limit=settings.run.spill_limit,
            threads=settings.run.threads,
        ) as warehouse:
            for name, model in read_models("ops").items():
                ensure(warehouse, name, model.columns)
            lost += _load(warehouse, settings, published)
            if snapshot is not None:
                lost += _remember(warehouse, settings, snapshot)
            lost += _load(warehouse, settings, later)
            _refuse(lost, accept_loss=accept_loss)
            counts = _counts(warehouse)
        sync(making / "warehouse.duckdb")
        remove_row_marts(paths.row_marts)
        damaged = _put_in_place(making, paths.warehouse, f"{start:%Y%m%dT%H%M%S}")
    run_id = snapshot.run_id if snapshot is not None else None
    files, rows, identifiers, aliases = counts
    return Restored(files, rows, run_id, identifiers, aliases, damaged, lost)


def _refuse(lost: Sequence[str], *, accept_loss: bool) -> None:
    if lost and not accept_loss:
        raise WouldLose(
            f"restoring would lose {len(lost)} things: {'; '.join(lost[:20])}",
            "var/landed and the last snapshot; nothing was changed",
            "bring them back, or go on without them: journeylab restore --accept-loss",
        )


def _lost_key(settings: Settings) -> list[str]:
    key_file = settings.privacy.hash_key_file or settings.paths.var / "hash.key"
    if KEY_VARIABLE in os.environ or key_file.is_file():
        return []
    return [f"all customer ids, for the hash key is gone: {key_file}, or {KEY_VARIABLE}"]


def _last_snapshot(settings: Settings, lost: list[str]) -> Snapshot | None:
    """The newest snapshot whose file is whole; what is lost with a newer one is told."""
    for snapshot in list_snapshots(settings.paths.published):
        if not _is_whole(snapshot.database, snapshot.sha256):
            lost.append(f"what run {snapshot.run_id} remembered, for its snapshot is damaged")
            continue
        if snapshot.config_hash != settings.config_hash:
            lost.append(
                f"aliases of customer ids that change by settings or rules, for run"
                f" {snapshot.run_id} had other ones: bring those back first"
            )
        return snapshot
    return None


def _files_of(snapshot: Snapshot | None, settings: Settings) -> list[Accepted]:
    """The files the snapshot was made of, in the order they were loaded."""
    if snapshot is None:
        return []
    landed = settings.paths.landed
    book = {(file.source, file.sha256): file for file in entries(landed)}
    with open_read_only(snapshot.database) as opened:
        rows = opened.rows(
            "select source, file_name, sha256, rows_loaded, run_id, loaded_at from deliveries"
            " where state = 'loaded' order by loaded_at, source, file_name, sha256"
        )
    told = [
        Accepted(source, file_name, sha256, find_copy(landed, sha256), loaded, run_id, loaded_at)
        for source, file_name, sha256, loaded, run_id, loaded_at in rows
    ]
    return [book.get((file.source, file.sha256), file) for file in told]


def _files_since(published: Iterable[Accepted], settings: Settings) -> list[Accepted]:
    """Files that runs after the snapshot accepted and that can be loaded again.

    The others were not loaded, or lie where they were delivered still: the next run sees.
    """
    known = {(file.source, file.sha256) for file in published}
    return [
        file
        for file in entries(settings.paths.landed)
        if (file.source, file.sha256) not in known and not any(_lost_file(file, settings))
    ]


def _lost_file(file: Accepted, settings: Settings) -> Iterator[str]:
    copy = settings.paths.landed / file.copy_name
    told = f"{file.rows_loaded} rows of {file.file_name} ({file.source})"
    if file.source not in settings.sources:
        yield f"{told}, for the settings name no source {file.source!r}"
    elif not copy.is_file():
        yield f"{told}, for there is no copy {file.sha256[:12]}…"


def _changed_file(file: Accepted, settings: Settings) -> Iterator[str]:
    """What cannot be brought back just as it was, though there is a copy to load."""
    copy = settings.paths.landed / file.copy_name
    told = f"{file.file_name} ({file.source})"
    if copy.is_file() and not _is_whole(copy, file.sha256) and not is_rewritten(copy):
        yield f"parts of {told}, for its copy {copy.name[:12]}… is damaged"
    if file.is_replay:
        yield (
            f"which rejected rows {told} repaired:"
            " give the replay again after the next run, no row loads twice"
        )


def _load(warehouse: Warehouse, settings: Settings, files: Iterable[Accepted]) -> list[str]:
    """Load copies that are whole; a file that cannot be read as it was is told."""
    formats = formats_in_use(settings)
    landed = settings.paths.landed
    lost = []
    for file in files:
        if any(_lost_file(file, settings)):
            continue
        model, source = formats[file.source], settings.sources[file.source]
        done = load_again(warehouse, source, model, file, landed=landed)
        is_whole = _is_whole(landed / file.copy_name, file.sha256)
        if done.rows_loaded != file.rows_loaded and is_whole:
            why = f": {done.reason}" if done.reason else ""
            lost.append(
                f"{file.rows_loaded - done.rows_loaded} of {file.rows_loaded} rows of"
                f" {file.file_name} ({file.source}), read by other settings than then{why}"
            )
    return lost


def _remember(warehouse: Warehouse, settings: Settings, snapshot: Snapshot) -> list[str]:
    """Copy what the snapshot tells, and find whose each identifier was when it was made."""
    warehouse.execute(f"attach '{_escaped(snapshot.database)}' as {_SNAPSHOT} (read_only)")
    try:
        with warehouse.transaction():
            for table in TOLD_BY_SNAPSHOT:
                names = ", ".join(warehouse.columns(f"ops.{table}"))
                warehouse.execute(
                    f"insert into ops.{table} by name select {names} from {_SNAPSHOT}.main.{table}"
                )
            warehouse.execute(
                "update ops.runs set state = 'published' where run_id = $run_id",
                {"run_id": snapshot.run_id},
            )
            warehouse.execute(
                "insert into ops.deliveries by name"
                " select row_number() over (order by source, sha256)"
                " + (select coalesce(max(delivery_key), 0) from ops.deliveries) as delivery_key,"
                " *, case when state = 'set_aside' then 'the sentence was lost with the warehouse'"
                " end as reason, '' as reading_hash"
                f" from {_SNAPSHOT}.main.deliveries where state != 'loaded'"
            )
        _build_owners(warehouse, settings, snapshot)
        with warehouse.transaction():
            warehouse.execute(f"create or replace table ops.identifier_owners as from {_OWNERS}")
        missing = warehouse.scalar(
            f"select count(*) from {_SNAPSHOT}.main.customers"
            f" where customer_id not in (select customer_id from {_OWNERS})"
        )
        for layer in LAYERS:
            warehouse.execute(f"drop schema if exists {layer} cascade")
        for table in STATE:
            warehouse.execute(f"drop table if exists {table}")
    finally:
        warehouse.execute(f"detach {_SNAPSHOT}")
    return [f"{missing} customers, whose ids cannot be found again"] if missing else []


def _build_owners(warehouse: Warehouse, settings: Settings, snapshot: Snapshot) -> None:
    """Build the tables up to the owners of identifiers, as of the snapshot."""
    until = snapshot.as_of_at or snapshot.horizon_at
    assert until is not None
    rules = load_rules(settings.paths.touchpoints)
    bench, former = Bench(warehouse), Former(warehouse)
    try:
        context = context_of(
            warehouse,
            settings,
            rules,
            run_id=snapshot.run_id,
            started_at=until,
            as_of=until,
            bench=bench,
        )
        load_freed_events(context)
        steps = registry(settings)
        wanted = _behind(steps, _OWNERS)
        for step in steps:
            if step.name in wanted and step.model is not None:
                step.run(replace(context, replaced=former))
    finally:
        former.close()
        bench.close()


def _behind(steps: Sequence[Step], name: str) -> set[str]:
    """A step and all that it reads, directly or not."""
    reads = {step.name: step.reads for step in steps}
    found: set[str] = set()
    waiting = [name]
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting += reads.get(step, ())
    return found


def _counts(warehouse: Warehouse) -> tuple[int, int, int, int]:
    files, rows, identifiers, aliases = warehouse.rows(
        "select count(*) filter (state = 'loaded'), coalesce(sum(rows_loaded), 0)::bigint,"
        " (select count(*) from ops.identifier_owners),"
        " (select count(*) from ops.customer_aliases) from ops.deliveries"
    )[0]
    return files, rows, identifiers, aliases


def _put_in_place(making: Path, warehouse: Path, stamp: str) -> Path | None:
    """Swap the files: the former warehouse stays under its name until the new one takes it.

    Its write-ahead log goes first, for DuckDB would replay it into the new file.
    """
    log = warehouse.with_name(warehouse.name + ".wal")
    damaged = None
    if warehouse.exists() or log.exists():
        damaged = warehouse.parent / f"damaged-{stamp}"
        damaged.mkdir(exist_ok=True)
        if log.exists():
            log.replace(damaged / log.name)
        if warehouse.exists() and not (damaged / warehouse.name).exists():
            (damaged / warehouse.name).hardlink_to(warehouse)
    (making / warehouse.name).replace(warehouse)
    sync(warehouse.parent)
    shutil.rmtree(making)
    return damaged


def _is_whole(path: Path, sha256: str) -> bool:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == sha256


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
