"""One text file -> raw rows: whole in one statement, or record by record when that fails."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa

from journeylab.errors import QueryError
from journeylab.intake import deliveries, landing, read, records
from journeylab.intake.deliveries import Delivery
from journeylab.intake.job import Finish, Job, Repeated
from journeylab.intake.records import Record
from journeylab.intake.scan import Text, as_utf8, chunks, scan
from journeylab.intake.values import quoted_column

#: Records and characters of one batch of the careful path.
BATCH_RECORDS: Final = 50_000
BATCH_CHARACTERS: Final = 64 << 20

_DELIMITERS: Final = (",", ";", "\t", "|")
_JSON: Final = ("json", "json_lines")


class _Doubt(Exception):
    """The fast path cannot vouch for its rows; the careful path decides."""


def load_text(job: Job, copy: Path, finish: Finish) -> Delivery:
    """Load one text file in one transaction.

    Args:
        job: the file.
        copy: its private copy.
        finish: judges and records the delivery, inside the transaction.

    Raises:
        Repeated: the same text was loaded before, packed in another way.
        DeliveryRefused: the file is to be set aside whole.
        SettingsError: Python knows no such encoding.
    """
    readable = as_utf8(copy, landing.temporary(copy), job.source.encoding, job.file_name)
    text = scan(readable, job.file_name)
    if text.sha256 in job.known_contents:
        raise Repeated(text.sha256)
    columns = _header(job, text)
    if _may_be_fast(job, text):
        try:
            with job.warehouse.transaction():
                return finish(*_fast(job, text, columns), text.sha256)
        except (_Doubt, QueryError):
            pass  # the careful path says which record it was
    with job.warehouse.transaction():
        return finish(*_careful(job, text, columns), text.sha256)


def _may_be_fast(job: Job, text: Text) -> bool:
    if job.shape.kind == "json":
        return text.is_plain and not (job.shape.array and text.size > read.MAX_DOCUMENT_BYTES)
    return text.is_plain and text.longest_line <= job.source.max_line_bytes


def _header(job: Job, text: Text) -> dict[str, str]:
    """Columns of a CSV file; it is refused when a required one is missing."""
    if job.shape.kind != "csv":
        return {}
    columns = records.header_of(text.head, job.source.delimiter)
    missing = job.shape.missing_in(columns)
    if missing:
        fits = {d: job.shape.missing_in(records.header_of(text.head, d)) for d in _DELIMITERS}
        better = [d for d, still in fits.items() if len(still) < len(missing)]
        hint = f"the delimiter is probably {better[0]!r}, set it for the source" if better else ""
        raise job.lacks(missing, columns, hint)
    return dict.fromkeys(columns, "VARCHAR")


def _fast(job: Job, text: Text, columns: dict[str, str]) -> tuple[int, int, dict[str, str]]:
    """Read a whole file in one statement.

    Raises:
        _Doubt: rows and lines of the file do not agree, so the row numbers would be wrong.
        QueryError: a record or value does not fit.
    """
    rows = read.file_rows(
        job.shape, text.path, compression=text.compression, columns=columns, size=text.size
    )
    loaded = job.insert(rows, columns, strict=True)
    has_header = job.shape.kind == "csv"
    if loaded == 0 if job.shape.kind == "json" else loaded != text.lines - has_header:
        raise _Doubt
    if job.shape.kind in _JSON and job.shape.required:
        counts = ", ".join(f"count({quoted_column(name)})" for name in job.shape.required)
        counted = job.warehouse.rows(
            f"select {counts} from {job.shape.table} where delivery_key = {job.delivery_key}"
        )[0]
        if 0 in counted:
            raise _Doubt  # null everywhere, or missing everywhere?
    return loaded, 0, _unnamed(job, columns)


def _unnamed(job: Job, columns: dict[str, str]) -> dict[str, str]:
    if job.shape.kind in _JSON:
        return deliveries.unnamed_keys(job.warehouse, job.shape.table, job.delivery_key)
    return {name: columns[name] for name in job.shape.unnamed_in(columns)}


def _careful(job: Job, text: Text, columns: dict[str, str]) -> tuple[int, int, dict[str, str]]:
    """Read record by record in batches; what does not fit is rejected, the rest loads."""
    rows = read.batch_rows(job.shape)
    loaded = rejected = 0
    keys: set[str] = set()
    for batch in _batches(_records(job, text, len(columns))):
        broken = [record for record in batch if record.reason_code is not None]
        rejected += deliveries.reject(job.warehouse, job.delivery_key, broken)
        table = _as_table([record for record in batch if record.reason_code is None], len(columns))
        with job.warehouse.given(read.BATCH, table):
            rejected += job.reject_faults(rows, columns)
            loaded += job.insert(rows, columns, strict=False)
            if job.shape.kind in _JSON:
                keys.update(key for (key,) in job.warehouse.rows(read.keys(rows)))
    missing = job.shape.missing_in(keys) if keys else []
    if missing:
        raise job.lacks(missing, sorted(keys))
    return loaded, rejected, _unnamed(job, columns)


def _records(job: Job, text: Text, width: int) -> Iterator[Record]:
    unpacked = chunks(text.path, job.file_name)
    limit = job.source.max_line_bytes
    if job.shape.kind == "json":
        return records.elements(unpacked, job.shape.array, limit, job.file_name)
    if job.shape.kind == "csv":
        found = records.csv_records(unpacked, job.source.delimiter, width, limit)
        return islice(found, 1, None)
    found = records.lines(unpacked, limit)
    if job.shape.kind == "lines":
        return found
    return (record for record in found if record.reason_code or record.text.strip())


def _batches(found: Iterable[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    characters = 0
    for record in found:
        batch.append(record)
        characters += len(record.text)
        if len(batch) >= BATCH_RECORDS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _as_table(batch: list[Record], width: int) -> pa.Table:
    columns = {
        "intake_number": pa.array([record.number for record in batch], pa.int64()),
        "intake_record": pa.array([record.text for record in batch], pa.large_string()),
    }
    for place in range(width):
        fields = [record.fields[place] for record in batch]
        columns[f"f{place}"] = pa.array(fields, pa.large_string())
    return pa.table(columns)
