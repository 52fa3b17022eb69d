"""The order in which a customer is erased, so that a kill on the way loses nothing and is mended.

First the tombstones are written, so that no file brings the person back; then landed copies,
raw tables, the warehouse's freed blocks and the snapshots follow; last the audit line.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from journeylab.erasure import Eraser, words_pattern
from journeylab.errors import InputRefused, NoSnapshot, UnknownName
from journeylab.forgetting.deliveries import Found, erase, look, rewrite_landed
from journeylab.forgetting.finding import Person
from journeylab.forgetting.redaction import customer_ids, is_clean, redact, rows_of
from journeylab.forgetting.sought import (
    context_of,
    drop_built,
    eraser_of,
    refuse_rules,
    resolve,
    sought,
    values_of,
)
from journeylab.identity import keyed_hash
from journeylab.intake.landing import sweep
from journeylab.parameters import naive_utc
from journeylab.pipeline.runs import private_files
from journeylab.privacy import (
    Freed,
    Pending,
    Tombstones,
    read_tombstones,
    tombstone_key,
    write_tombstones,
)
from journeylab.settings import Paths, Settings
from journeylab.warehouse import (
    Warehouse,
    compact,
    hold,
    list_snapshots,
    open_read_only,
    open_warehouse,
    remove_row_marts,
)
from journeylab.warehouse import replace as replaced

#: One JSON object a line: when, and how much went; never who.
AUDIT_NAME: Final = "privacy.log"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased, or would be. No personal data.

    Attributes:
        identifiers: identifiers of the customer.
        rows: source -> delivered rows erased.
        rejected_rows: records that could not be read and named the customer.
        freed_events: anonymous events on shared devices that return to their device.
        landed_files: landed copies rewritten.
        snapshots: run -> rows erased from its snapshot; those without a trace are left out.
    """

    identifiers: int
    rows: Mapping[str, int]
    rejected_rows: int
    freed_events: int
    landed_files: int
    snapshots: Mapping[str, int]


def forget(
    settings: Settings,
    identifier: str,
    *,
    kind: str | None = None,
    dry_run: bool = False,
    started_at: datetime,
) -> Forgotten:
    """Erase the customer an identifier belongs to, everywhere, and keep a tombstone.

    Args:
        settings: the project's.
        identifier: raw value of any identifier of the customer, or their published id.
        kind: its kind; None tries every kind.
        dry_run: only look; who is who is built anew where no published run left it.
        started_at: now, UTC.

    Raises:
        LockHeld: a run is at work.
        NoSnapshot: there is no warehouse yet.
        UnknownName: it belongs to nobody.
        InputRefused: it belongs to several, ``identity_rules.csv`` names the customer, or a
            restored warehouse's former file still lies in ``var/damaged-…``.
        DiskFull: the disk would not hold the copy of a snapshot.
    """
    paths = settings.paths
    if not paths.warehouse.is_file():
        where = str(paths.warehouse)
        raise NoSnapshot("there is no warehouse yet", where, "make one with: journeylab run")
    start = naive_utc(started_at)
    with private_files(), hold(paths.lock, started_at=start):
        _refuse_former_warehouses(paths)
        try:
            return _forget(settings, identifier, kind, dry_run=dry_run, start=start)
        except UnknownName:
            if dry_run or not read_tombstones(paths.var).pending:
                raise
            return _resume(settings, start)  # killed when the rows had gone already


def resume(settings: Settings, *, started_at: datetime) -> Forgotten | None:
    """Finish forgettings that were killed, by their tombstones alone; None where there is none.

    Words in the text of others' rows are found by the raw value alone: where it is known,
    forgetting again does more.

    Raises:
        LockHeld: a run is at work.
        InputRefused: a former warehouse still lies in ``var/damaged-…``.
        DiskFull: the disk would not hold the copy of a snapshot.
    """
    start = naive_utc(started_at)
    with private_files(), hold(settings.paths.lock, started_at=start):
        is_pending = bool(read_tombstones(settings.paths.var).pending)
        if is_pending:
            _refuse_former_warehouses(settings.paths)
        return _resume(settings, start) if is_pending else None


def _forget(
    settings: Settings, identifier: str, kind: str | None, *, dry_run: bool, start: datetime
) -> Forgotten:
    paths = settings.paths
    with _opened(settings) as warehouse:
        context = context_of(settings, warehouse, start)
        resolve(context)
        person = sought(context, identifier, kind)
        refuse_rules(settings, person)
        eraser = eraser_of(context, _hashes(settings, person))
        words = words_pattern([identifier, *(value for _, value in values_of(person))])
        found = look(warehouse, eraser, words)
        told = _told(person, found)
        pending = _pending(person, paths.published)
        if dry_run:
            return replace(told, snapshots=_traces(paths.published, pending))
        _bury(paths.var, person, pending, eraser, start)
        _sweep(paths)
        files = rewrite_landed(warehouse, found, context.settings.sources, paths.landed, words)
        erase(
            warehouse,
            found,
            words,
            identifiers=[(kind, value) for kind, value, _ in person.identifiers],
            customer_ids=pending.customer_ids,
        )
        drop_built(warehouse)
    return _finish(settings, replace(told, landed_files=files), start)


def _resume(settings: Settings, start: datetime) -> Forgotten:
    paths = settings.paths
    tombstones = read_tombstones(paths.var)
    with _opened(settings) as warehouse:
        context = context_of(settings, warehouse, start)
        eraser = eraser_of(context, tombstones.hashes)
        found = look(warehouse, eraser, None)
        _sweep(paths)
        files = rewrite_landed(warehouse, found, context.settings.sources, paths.landed, None)
        owners = warehouse.frame("select kind, value as spelling from ops.identifier_owners")
        erase(
            warehouse,
            found,
            None,
            identifiers=eraser.matched(owners).rows(),
            customer_ids=[one for told in tombstones.pending for one in told.customer_ids],
        )
        drop_built(warehouse)
    told = _told(None, found)
    return _finish(settings, replace(told, landed_files=files), start)


def _refuse_former_warehouses(paths: Paths) -> None:
    """What ``restore`` moved away holds everybody's rows, and may be too damaged to be mended."""
    former = sorted(paths.var.glob("damaged-*"))
    if former:
        raise InputRefused(
            f"former warehouses hold everybody's rows still: {len(former)}",
            ", ".join(map(str, former)),
            "remove them when what was restored is well, then forget",
        )


def _sweep(paths: Paths) -> None:
    """Remove what killed runs and restores left half copied: it is nobody's but may name all."""
    sweep(paths.landed)
    shutil.rmtree(paths.var / ".restoring", ignore_errors=True)


def _opened(settings: Settings) -> Warehouse:
    return open_warehouse(
        settings.paths.warehouse,
        spill=settings.paths.var / "spill",
        memory_limit=settings.run.memory_limit,
        spill_limit=settings.run.spill_limit,
        threads=settings.run.threads,
    )


def _hashes(settings: Settings, person: Person) -> set[str]:
    key = tombstone_key(settings.paths.var)
    return {keyed_hash(key, kind, value) for kind, value, _ in person.identifiers}


def _told(person: Person | None, found: list[Found]) -> Forgotten:
    rows: dict[str, int] = {}
    for one in found:
        if one.loaded:
            rows[one.source] = rows.get(one.source, 0) + len(one.loaded)
    return Forgotten(
        identifiers=len(person.identifiers) if person else 0,
        rows=dict(sorted(rows.items())),
        rejected_rows=sum(len(one.rejected) for one in found),
        freed_events=len(person.freed) if person else 0,
        landed_files=len({one.sha256 for one in found}),
        snapshots={},
    )


def _pending(person: Person, published: Path) -> Pending:
    own = [told for _, _, told in person.identifiers]
    ids = {person.customer_id, *(f"c_{told}" for told in own)}
    return Pending(
        customer_ids=tuple(sorted(ids)),
        identifier_hashes=tuple(sorted(own)),
        aliases={old: run_id for run_id, old, _ in person.aliases if old not in ids},
        run_ids=tuple(snapshot.run_id for snapshot in list_snapshots(published)),
    )


def _bury(var: Path, person: Person, pending: Pending, eraser: Eraser, start: datetime) -> None:
    freed = [
        Freed(event_id, kind, keyed_hash(eraser.hash_key, kind, value))
        for event_id, kind, value in person.freed
    ]
    told = read_tombstones(var).with_person(sorted(eraser.hashes), freed, pending, at=start)
    write_tombstones(var, told)


def _finish(settings: Settings, told: Forgotten, start: datetime) -> Forgotten:
    """What needs no raw value: the freed blocks, the snapshots, the audit line."""
    paths = settings.paths
    remove_row_marts(paths.row_marts)
    compact(
        paths.warehouse,
        spill=paths.var / "spill",
        memory_limit=settings.run.memory_limit,
        spill_limit=settings.run.spill_limit,
    )
    tombstones = read_tombstones(paths.var)
    snapshots: dict[str, int] = {}
    for pending in tombstones.pending:
        for run_id, rows in _traces(paths.published, pending).items():
            snapshots[run_id] = snapshots.get(run_id, 0) + rows
            _redact(settings, run_id, pending)
    done = replace(told, snapshots=snapshots)
    _audit(paths.var, done, start)
    write_tombstones(paths.var, Tombstones(tombstones.hashes, tombstones.freed))
    return done


def _traces(published: Path, pending: Pending) -> dict[str, int]:
    """Snapshots that tell of the customer, newest first -> rows they hold of them."""
    found = {}
    for snapshot in list_snapshots(published):
        if snapshot.run_id not in pending.run_ids:
            continue
        ids = customer_ids(snapshot, pending)
        with open_read_only(snapshot.database) as opened:
            if not is_clean(snapshot, opened, ids, pending.identifier_hashes):
                found[snapshot.run_id] = rows_of(opened, ids)
    return found


def _redact(settings: Settings, run_id: str, pending: Pending) -> None:
    published = settings.paths.published
    snapshot = next(one for one in list_snapshots(published) if one.run_id == run_id)

    def edit(opened: Warehouse) -> Mapping[str, Any]:
        return redact(
            opened,
            snapshot,
            customer_ids(snapshot, pending),
            pending.identifier_hashes,
            k_floor=settings.privacy.k_floor,
        )

    replaced(published, snapshot, edit, storage_version=settings.publish.storage_version)


def _audit(var: Path, told: Forgotten, start: datetime) -> None:
    line = {"at": f"{start:%Y-%m-%dT%H:%M:%SZ}", "action": "forget", **asdict(told)}
    descriptor = os.open(var / AUDIT_NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as opened:
        opened.write(json.dumps(line) + "\n")
        opened.flush()
        os.fsync(opened.fileno())
