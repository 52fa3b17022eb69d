"""Rejected rows out, repaired rows in again: each is a delivery in its source's own format."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from journeylab.errors import InputRefused, NoSnapshot, UnknownName
from journeylab.intake import deliveries, landing, read, records
from journeylab.intake.deliveries import Delivery
from journeylab.intake.job import Erase, Job
from journeylab.intake.loading import deliver
from journeylab.intake.repairs import Repair, as_objects, as_text
from journeylab.intake.scan import chunks
from journeylab.intake.shapes import Shape, shape_of
from journeylab.settings import Source
from journeylab.warehouse import Model, Warehouse

_ENDINGS: Final = {"csv": ".csv", "json": ".json", "json_lines": ".jsonl", "parquet": ".parquet"}

#: Staging tells each part of a nested record; the record itself is rejected once.
_REJECTED: Final = """
    select
        concat_ws(':', told.source, left(came.sha256, 16), told.row_number) as id,
        told.source,
        told.file_name,
        told.row_number,
        string_agg(distinct told.reason_code, ', ' order by told.reason_code) as reason_code,
        string_agg(distinct told.reason, '; ' order by told.reason) as reason,
        any_value(told.raw_text) as raw_text,
        told.delivery_key,
        came.sha256,
        coalesce(came.repairs, told.delivery_key) as repairs,
        unread.delivery_key is null as is_columns
    from staging.rejected_events as told
    inner join ops.deliveries as came on told.delivery_key = came.delivery_key
    left join ops.rejected_rows as unread
        on told.delivery_key = unread.delivery_key and told.row_number = unread.row_number
    where
        unread.replayed_in is null
        and told.source = coalesce($source, told.source)
        and told.reason_code = coalesce($reason, told.reason_code)
    group by all
    order by told.source, told.file_name, told.row_number, came.sha256
"""

_REPLAYED: Final = """
    select concat_ws(':', came.source, left(came.sha256, 16), was.row_number)
    from ops.rejected_rows as was
    inner join ops.deliveries as came on was.delivery_key = came.delivery_key
    where was.replayed_in is not null
"""


_CAME: Final = """
    select concat_ws(':', source, left(sha256, 16))
    from ops.deliveries
    where state in ('loaded', 'expired')
"""


@dataclass(slots=True)
class Replayed:
    """What a replay did with the rows it was given.

    ``loaded`` rows were read and are judged good as far as one can tell before the next run;
    ``still_rejected`` holds (row id, reason) of those that came again and are rejected again;
    ``already`` were replayed before, and ``gone`` are those of deliveries of which they were
    erased or went for their age: nothing was done.
    """

    loaded: int = 0
    already: int = 0
    gone: int = 0
    still_rejected: list[tuple[str, str]] = field(default_factory=list)


def rejected_rows(
    warehouse: Warehouse, *, source: str | None = None, reason: str | None = None
) -> pl.DataFrame:
    """Rows that are rejected now, one a record, with what is needed to bring them again.

    Args:
        warehouse: after a run.
        source: only rows of this source.
        reason: only rows with this reason code.

    Raises:
        NoSnapshot: no run has told rejected rows since the tables were dropped.
    """
    if "staging.rejected_events" not in warehouse.table_names():
        raise NoSnapshot(
            "no run has told which rows are rejected", "the private warehouse", "journeylab run"
        )
    return warehouse.frame(_REJECTED, {"source": source, "reason": reason})


def replay(
    warehouse: Warehouse,
    formats: Mapping[str, tuple[Source, Model]],
    texts: Mapping[str, str],
    *,
    landed: Path,
    run_id: str,
    loaded_at: datetime,
    erase_of: Callable[[Model], Erase | None] = lambda _: None,
) -> Replayed:
    """Load repaired rows, each in place of the rejected row it was.

    The rows of one delivery come again as one delivery, whose copy is kept like any other's.
    Each is marked in the same transaction in which it loads, so that it counts once.

    Args:
        warehouse: after a run.
        formats: settings and staging model of each source.
        texts: row id -> repaired text.
        landed: private folder of the copies.
        run_id: what to write into the manifest.
        loaded_at: the instant of the replay, UTC.
        erase_of: what takes the forgotten out of files of a format; None where nobody is.

    Raises:
        UnknownName: there is no such rejected row, or no such source in the settings.
        InputRefused: a text cannot be a record of its format; nothing was loaded.
    """
    known = {row["id"]: row for row in rejected_rows(warehouse).to_dicts()}
    before = {row_id for (row_id,) in warehouse.rows(_REPLAYED)}
    came = {place for (place,) in warehouse.rows(_CAME)}
    done = Replayed()
    groups: dict[int, list[dict[str, object]]] = {}
    for row_id, text in texts.items():
        if row_id in known:
            row = known[row_id]
            _refuse_beginning(row, text)
            groups.setdefault(row["delivery_key"], []).append({**row, "text": text})
        elif row_id in before:
            done.already += 1
        elif row_id.rpartition(":")[0] in came:
            done.gone += 1
        else:
            raise UnknownName.of("rejected row", row_id, "the private warehouse", known)
    parts = [_part(warehouse, formats, rows, landed) for _, rows in sorted(groups.items())]
    for part in parts:
        erase = erase_of(part.model)
        _bring_again(
            warehouse, part, done, erase, landed=landed, run_id=run_id, loaded_at=loaded_at
        )
    return done


def _refuse_beginning(row: Mapping[str, object], text: str) -> None:
    is_cut = not row["is_columns"] and len(text) >= records.RAW_TEXT_CHARACTERS
    if is_cut and text == row["raw_text"]:
        raise InputRefused(
            f"only the first {records.RAW_TEXT_CHARACTERS:,} characters of the row were kept",
            f"row {row['id']}",
            "write the whole record in its place, or leave the row out",
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """The repaired rows of one delivery, and the file they make."""

    source_name: str
    source: Source
    model: Model
    shape: Shape
    file_name: str
    delivery_key: int
    repairs: int
    rows: tuple[Repair, ...]
    text: str | None


def _part(
    warehouse: Warehouse,
    formats: Mapping[str, tuple[Source, Model]],
    rows: Sequence[Mapping[str, object]],
    landed: Path,
) -> _Part:
    first = rows[0]
    name = str(first["source"])
    if name not in formats:
        raise UnknownName.of("source", name, "the settings", formats)
    source, model = formats[name]
    shape = shape_of(source, model)
    repairs = sorted(
        (
            Repair(str(r["id"]), int(str(r["row_number"])), str(r["text"]), bool(r["is_columns"]))
            for r in rows
        ),
        key=lambda repair: repair.row_number,
    )
    header = _header(landed, str(first["sha256"]), source) if shape.kind == "csv" else ()
    text = None if shape.kind == "parquet" else as_text(shape, repairs, header)
    if text is None:
        as_objects(repairs)  # judged before the first row of any delivery is loaded
    return _Part(
        name,
        source.model_copy(update={"max_rejected_share": 1.0}),
        model,
        shape,
        str(first["file_name"]),
        int(str(first["delivery_key"])),
        int(str(first["repairs"])),
        tuple(repairs),
        text,
    )


def _header(landed: Path, sha256: str, source: Source) -> tuple[str, ...]:
    """Columns of a CSV file that was delivered before, by its private copy."""
    for copy in sorted(landed.glob(f"{sha256}*")):
        head = next(chunks(copy, copy.name), b"")
        text = head.decode(source.encoding, "replace").removeprefix("\ufeff")
        return records.header_of(text.encode(), source.delimiter)
    raise InputRefused(
        "the copy of the file is gone, and with it the names of its columns",
        f"{landed}/{sha256}",
        "have the file delivered again, mended",
    )


def _bring_again(
    warehouse: Warehouse,
    part: _Part,
    done: Replayed,
    erase: Erase | None,
    *,
    landed: Path,
    run_id: str,
    loaded_at: datetime,
) -> None:
    landed.mkdir(parents=True, exist_ok=True, mode=0o700)
    landing.sweep(landed)
    copy = landing.passing_name(landed, "replay")
    copy.touch(mode=0o600)
    if part.text is None:
        _write_parquet(warehouse, part, copy)
    else:
        copy.write_bytes(_encoded(part))
    sha256 = hashlib.sha256(copy.read_bytes()).hexdigest()
    loaded_before = deliveries.key_of(warehouse, part.source_name, sha256)
    if loaded_before is not None:
        with warehouse.transaction():
            _mark(warehouse, part, loaded_before)
            warehouse.execute(  # a restored replay has lost what it repairs
                "update ops.deliveries set repairs = $repairs"
                " where delivery_key = $key and file_name = $file_name",
                {
                    "key": loaded_before,
                    "repairs": part.repairs,
                    "file_name": f"replay of {part.file_name}",
                },
            )
        copy.unlink()
        done.loaded += len(part.rows)
        return
    key = deliveries.next_key(warehouse)
    manifest = Delivery(
        key,
        part.source_name,
        f"replay of {part.file_name}",
        sha256,
        copy.stat().st_size,
        repairs=part.repairs,
        run_id=run_id,
        loaded_at=loaded_at,
        reading_hash=deliveries.reading_hash(part.source, part.model),
    )
    job = Job(warehouse, part.source_name, part.source, part.shape, manifest.file_name, key)
    lasting = landed / (sha256 + _ENDINGS.get(part.shape.kind, ".log"))
    read_again = deliver(
        job, manifest, copy, lasting, erase=erase, then=lambda _: _mark(warehouse, part, key)
    )
    if read_again.reason is not None:
        done.still_rejected += [(repair.row_id, read_again.reason) for repair in part.rows]
        return
    reasons = _reasons(warehouse, part, key)
    done.still_rejected += sorted(reasons.items())
    done.loaded += len(part.rows) - len(reasons)


def _encoded(part: _Part) -> bytes:
    try:
        return (part.text or "").encode(part.source.encoding)
    except UnicodeEncodeError as error:
        raise InputRefused(
            f"a repaired text cannot be written as {part.source.encoding}: {error}",
            f"source {part.source_name}",
            "use signs that the source's encoding has",
        ) from error


def _write_parquet(warehouse: Warehouse, part: _Part, copy: Path) -> None:
    objects = as_objects(part.rows)
    names = sorted({name for told in objects for name in told})
    frame = pl.DataFrame({"record": [json.dumps(told, ensure_ascii=False) for told in objects]})
    with warehouse.given(read.BATCH, frame):
        warehouse.execute(read.parquet_file(part.shape, copy, names))


def _mark(warehouse: Warehouse, part: _Part, key: int) -> None:
    """Mark the rows as replayed; a record that staging refused leaves the raw table for it."""
    columns = [repair.row_number for repair in part.rows if repair.is_columns]
    numbers = [repair.row_number for repair in part.rows if not repair.is_columns]
    bound = {"was": part.delivery_key, "key": key}
    warehouse.execute(
        "update ops.rejected_rows set replayed_in = $key"
        " where delivery_key = $was and list_contains($numbers, row_number)",
        {**bound, "numbers": numbers},
    )
    warehouse.execute(
        "insert into ops.rejected_rows"
        " (delivery_key, row_number, reason_code, reason, raw_text, replayed_in)"
        " select delivery_key, row_number, min(reason_code), min(reason), any_value(raw_text), $key"
        " from staging.rejected_events"
        " where delivery_key = $was and list_contains($numbers, row_number)"
        " group by delivery_key, row_number",
        {**bound, "numbers": columns},
    )
    warehouse.execute(
        f"delete from {part.shape.table}"
        " where delivery_key = $was and list_contains($numbers, row_number)",
        {"was": part.delivery_key, "numbers": columns},
    )


def _reasons(warehouse: Warehouse, part: _Part, key: int) -> dict[str, str]:
    """Why rows of the new delivery are rejected again: row id -> reason."""
    found = warehouse.rows(
        "select row_number, reason from ops.rejected_rows where delivery_key = $key"
        f" union all select row_number, min(reject_reason) from ({part.model.query})"
        " where delivery_key = $key and reject_code is not null group by row_number"
        " order by row_number",
        {"key": key},
    )
    ids = {repair.row_number: repair.row_id for repair in part.rows}
    if part.shape.kind in ("json", "parquet"):  # these number their records from 1
        ids = {place: repair.row_id for place, repair in enumerate(part.rows, start=1)}
    return {ids.get(number, part.file_name): reason for number, reason in found}
