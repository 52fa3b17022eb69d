"""Manifest, rejected rows and schema drift of deliveries, written with their rows."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Final

import pyarrow as pa

from journeylab.intake.records import RAW_TEXT_CHARACTERS, Record
from journeylab.intake.shapes import Shape
from journeylab.settings import Source
from journeylab.warehouse import Column, Model, Warehouse, ensure, read_models

_OPS: Final = ("ops.deliveries", "ops.rejected_rows", "ops.schema_drift")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One manifest row; the columns of ops.deliveries."""

    delivery_key: int
    source: str
    file_name: str
    sha256: str
    bytes: int
    state: str = "loaded"
    reason_code: str | None = None
    reason: str | None = None
    rows_read: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    content_sha256: str | None = None
    repairs: int | None = None
    rows_expired: int = 0
    expired_before: datetime | None = None
    run_id: str = field(kw_only=True)
    loaded_at: datetime = field(kw_only=True)
    reading_hash: str = field(kw_only=True)


def make_tables(warehouse: Warehouse, shape: Shape) -> None:
    """Make the raw table of the format and intake's ops tables where they are missing."""
    for name in _OPS:
        ensure(warehouse, name, read_models("ops")[name].columns)
    ensure(
        warehouse,
        shape.table,
        [
            Column("source", "varchar", "Source as named in the settings."),
            Column("delivery_key", "integer", "Delivery the row came in."),
            Column("row_number", "bigint", "Line or record number in the file, from 1."),
            *(Column(raw.name, raw.type, raw.text) for raw in shape.raw),
            Column("extra", "json", "What the file has and the format does not name."),
        ],
    )


def reading_hash(source: Source, model: Model) -> str:
    """Hash of how a source's files are read: its settings, the format, the release.

    Args:
        source: its settings; where the files lie and of what days does not count.
        model: staging model of its format.
    """
    told = source.model_dump(mode="json", exclude={"path", "pattern", "first_day", "last_day"})
    columns = [(raw.name, raw.type, raw.is_required) for raw in model.raw]
    whole = json.dumps([told, model.reader, columns, version("journeylab")], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def known_hashes(warehouse: Warehouse, source: str, reading: str) -> set[str]:
    """Hashes of the source's files that were loaded, or set aside when read like now.

    The hash of what a packed file held stands beside its own: unpacked it is known as well.

    Args:
        warehouse: where ops.deliveries stands.
        source: the source.
        reading: its ``reading_hash``.
    """
    found = warehouse.rows(
        "select unnest([sha256, content_sha256]) from ops.deliveries"
        " where source = $source and (state != 'set_aside' or reading_hash = $reading)",
        {"source": source, "reading": reading},
    )
    return {sha256 for (sha256,) in found if sha256 is not None}


def known_contents(warehouse: Warehouse, source: str) -> set[str]:
    """Hashes of the unpacked contents of the source that were loaded."""
    found = warehouse.rows(
        "select distinct coalesce(content_sha256, sha256) from ops.deliveries"
        " where source = $source and state in ('loaded', 'expired')",
        {"source": source},
    )
    return {sha256 for (sha256,) in found}


def key_of(warehouse: Warehouse, source: str, sha256: str) -> int | None:
    """The delivery in which a source brought a content that was loaded; None where it did not."""
    found = warehouse.rows(
        "select delivery_key from ops.deliveries where source = $source"
        " and state in ('loaded', 'expired') and $sha256 in (sha256, content_sha256)",
        {"source": source, "sha256": sha256},
    )
    return found[0][0] if found else None


def next_key(warehouse: Warehouse) -> int:
    """The number of the next delivery."""
    return int(warehouse.scalar("select coalesce(max(delivery_key), 0) + 1 from ops.deliveries"))


def record_delivery(warehouse: Warehouse, delivery: Delivery) -> None:
    """Write one manifest row, in place of an earlier one of a file that was set aside."""
    row = asdict(delivery)
    warehouse.execute(
        "delete from ops.deliveries where source = $source and sha256 = $sha256",
        {"source": delivery.source, "sha256": delivery.sha256},
    )
    names = ", ".join(row)
    values = ", ".join(f"${name}" for name in row)
    warehouse.execute(f"insert into ops.deliveries ({names}) values ({values})", row)


def reject(warehouse: Warehouse, delivery_key: int, rejected: Iterable[Record]) -> int:
    """Write rejected records and return how many they were."""
    rows = list(rejected)
    if not rows:
        return 0
    table = pa.table(
        {
            "row_number": pa.array([row.number for row in rows], pa.int64()),
            "reason_code": pa.array([row.reason_code for row in rows], pa.string()),
            "reason": pa.array([row.reason for row in rows], pa.string()),
            "raw_text": pa.array([row.text[:RAW_TEXT_CHARACTERS] for row in rows], pa.string()),
        }
    )
    with warehouse.given("intake_rejected", table):
        warehouse.execute(
            "insert into ops.rejected_rows"
            " (delivery_key, row_number, reason_code, reason, raw_text)"
            " select $delivery_key, row_number, reason_code, reason, raw_text"
            " from intake_rejected order by row_number",
            {"delivery_key": delivery_key},
        )
    return len(rows)


def commonest_reason(warehouse: Warehouse, delivery_key: int) -> str:
    """The commonest reason for rejection in a delivery, with its first record."""
    count, _, number, reason = warehouse.rows(
        "select count(*), reason_code, min(row_number), arg_min(reason, row_number)"
        " from ops.rejected_rows where delivery_key = $delivery_key"
        " group by reason_code order by count(*) desc, reason_code limit 1",
        {"delivery_key": delivery_key},
    )[0]
    return f"{count} of them like record {number}: {reason}"


def note_drift(warehouse: Warehouse, delivery: Delivery, columns: Mapping[str, str]) -> None:
    """Count a delivery for each unnamed column it has, and remember the first file that had it.

    Args:
        warehouse: where ops.schema_drift stands.
        delivery: the loaded file.
        columns: unnamed column -> DuckDB type.
    """
    for column, kind in columns.items():
        bound = {"source": delivery.source, "column": column}
        seen = warehouse.rows(
            "update ops.schema_drift set deliveries = deliveries + 1"
            " where source = $source and column_name = $column returning deliveries",
            bound,
        )
        if not seen:
            warehouse.execute(
                "insert into ops.schema_drift"
                " (source, column_name, column_type, first_file, deliveries, first_run_id)"
                " values ($source, $column, $kind, $file, 1, $run_id)",
                {
                    **bound,
                    "kind": kind,
                    "file": delivery.file_name,
                    "run_id": delivery.run_id,
                },
            )


def new_columns(warehouse: Warehouse, source: str, run_id: str) -> tuple[tuple[str, str, str], ...]:
    """Unnamed columns that a run found first, though the source had delivered before it.

    Returns:
        File, column and type, sorted; nothing in the first run that loaded a file of it.
    """
    found = warehouse.rows(
        "select first_file, column_name, column_type from ops.schema_drift"
        " where source = $source and first_run_id = $run_id and exists ("
        "  from ops.deliveries where source = $source and state = 'loaded' and run_id != $run_id)"
        " order by all",
        {"source": source, "run_id": run_id},
    )
    return tuple((file_name, column, kind) for file_name, column, kind in found)


def unnamed_keys(warehouse: Warehouse, table: str, delivery_key: int) -> dict[str, str]:
    """Keys in ``extra`` of one delivery of a JSON format -> the DuckDB type of the first value."""
    bound = {"delivery_key": delivery_key}
    rows = f"from {table} where delivery_key = $delivery_key and extra is not null"
    found = warehouse.rows(
        "select distinct unnest(keys) as key from"
        f" (select distinct json_keys(extra) as keys {rows}) order by key",
        bound,
    )
    types = {}
    for (key,) in found:
        path = '$."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
        first = warehouse.rows(
            f"select json_type(extra, $path) as kind {rows} and kind != 'NULL' limit 1",
            {**bound, "path": path},
        )
        types[key] = _DUCKDB_TYPES.get(first[0][0], first[0][0]) if first else "JSON"
    return types


_DUCKDB_TYPES: Final = {"OBJECT": "JSON", "ARRAY": "JSON", "UBIGINT": "BIGINT"}
