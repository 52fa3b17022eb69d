"""A format's raw columns -> the statements that read its files. The only place that composes them.

Both ways of reading share these statements: the fast one casts strictly over a whole file,
the careful one tries to cast batch by batch and says what did not fit. So a row means the
same in either.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from journeylab.intake import values
from journeylab.intake.shapes import JSON, Shape, json_shape
from journeylab.intake.values import literal, quoted_column
from journeylab.warehouse.connection import quoted

#: Name of the view that holds one batch of the careful path.
BATCH: Final = "intake_batch"

#: A document with its array under a path is read whole up to this size.
MAX_DOCUMENT_BYTES: Final = 64 << 20

_NO_NULLS: Final = "\x01\x02"  # read_csv wants a null string; the tokens are judged later


def file_rows(
    shape: Shape, path: Path, *, compression: str, columns: Iterable[str], size: int
) -> str:
    """Query of a whole file: ``intake_number`` and the record (or fields) as DuckDB reads them.

    Args:
        shape: how to read.
        path: the private copy; its name holds no sign that could be a pattern.
        compression: how it is packed.
        columns: of a CSV file, in order.
        size: unpacked bytes.
    """
    name = literal(str(path))
    packed = f"compression = {literal(compression)}"
    if shape.kind == "parquet":
        return (
            f"select file_row_number + 1 as intake_number, * exclude (file_row_number)"
            f" from read_parquet({name}, file_row_number = true) where {_says_anything(columns)}"
        )
    if shape.kind == "csv":
        fields = ", ".join(f"'f{place}': 'varchar'" for place, _ in enumerate(columns))
        return (
            f"select 1 + row_number() over () as intake_number, *"
            f" from read_csv({name}, {packed}, auto_detect = false, header = true,"
            f" columns = {{{fields}}}, delim = {literal(shape.delimiter)}, quote = '\"',"
            f" escape = '\"', nullstr = {literal(_NO_NULLS)}, strict_mode = true)"
        )
    if shape.kind == "lines":
        return (
            f"select row_number() over () as intake_number, line as intake_record"
            f" from read_csv({name}, {packed}, auto_detect = false, header = false,"
            f" columns = {{'line': 'varchar'}}, delim = '', quote = '', escape = '')"
        )
    form = "newline_delimited" if shape.kind == "json_lines" else "array"
    records = f"read_json_objects({name}, {packed}, format = '{form}')"
    if shape.array:
        whole = (
            f"read_json_objects({name}, {packed}, format = 'unstructured',"
            f" maximum_object_size = {max(size, 1 << 20)})"
        )
        array = literal("$" + "".join(f'."{key}"' for key in shape.array) + "[*]")
        records = f"(select unnest(json_extract(json, {array})) as json from {whole})"
    checked = "case when json_type(json) = 'OBJECT' then json else error('not an object') end"
    if shape.kind == "json":  # a null is no record, as an empty line is none
        records = (
            f"(select row_number() over () as intake_number, json from {records})"
            " where json_type(json) != 'NULL'"
        )
        return f"select intake_number, {checked} as intake_record from {records}"
    return (
        f"select row_number() over () as intake_number, {checked} as intake_record from {records}"
    )


def batch_rows(shape: Shape) -> str:
    """Query of the view ``BATCH``: as ``file_rows``, with ``intake_text`` as nobody judged it."""
    if shape.kind not in JSON:
        return f"select *, intake_record as intake_text from {BATCH}"
    is_object = "json_type(intake_record) = 'OBJECT'"
    return (
        f"select intake_number, intake_record as intake_text, case when json_valid(intake_record)"
        f" then case when {is_object} then intake_record::json end end as intake_record"
        f" from {BATCH}"
    )


def parquet_rows(path: Path, columns: Iterable[str]) -> str:
    """Query of a whole Parquet file for the careful path: its rows, each also as JSON."""
    pairs = ", ".join(f"{literal(name)}, {quoted_column(name)}" for name in columns)
    return (
        f"select file_row_number + 1 as intake_number,"
        f" json_object({pairs})::varchar as intake_text, * exclude (file_row_number)"
        f" from read_parquet({literal(str(path))}, file_row_number = true)"
        f" where {_says_anything(columns)}"
    )


def _says_anything(columns: Iterable[str]) -> str:
    """Condition of a row: one of nulls alone is no record, as an empty line is none."""
    return " or ".join(f"{quoted_column(name)} is not null" for name in columns) or "true"


def parquet_file(shape: Shape, path: Path, names: Iterable[str]) -> str:
    """Statement that writes the records of the view ``BATCH``, objects as JSON, as Parquet.

    Scalars of the format are written as text, which intake casts as it casts any text; what
    the format does not name stays JSON.

    Args:
        shape: how files of the source are read.
        path: the file to write.
        names: every key of the records.
    """
    named: dict[str, object] = {column.name: json_shape(column.type) for column in shape.raw}
    types = literal(json.dumps({name: named.get(name, "JSON") for name in names}))
    return (
        f"copy (select unnest(from_json(record::json, {types})) from {BATCH})"
        f" to {literal(str(path))} (format parquet)"
    )


def insert(shape: Shape, rows: str, columns: Mapping[str, str], *, strict: bool) -> str:
    """Statement that writes rows into the raw table; ``$source`` and ``$delivery_key`` are bound.

    Args:
        shape: how to read.
        rows: one of the queries above.
        columns: columns the file has -> DuckDB type; ignored for JSON and lines.
        strict: fail on a value that does not fit, else leave its row out.
    """
    cells = ", ".join(values.value(shape, column, columns, strict=strict) for column in shape.raw)
    where = "" if strict else f" where {values.fault_code(shape, columns)} is null"
    if shape.kind == "lines":
        where = " where intake_record is not null"
    names = ", ".join(quoted(column.name) for column in shape.raw)
    return (
        f"insert into {quoted(shape.table)} (source, delivery_key, row_number, {names}, extra)"
        f" select $source, $delivery_key, intake_number, {cells}, {values.extra(shape, columns)}"
        f" from ({_opened(shape, rows)}){where}"
    )


def faults(shape: Shape, rows: str, columns: Mapping[str, str]) -> str:
    """Query of the rows that ``insert`` leaves out: number, reason code, reason, text."""
    return (
        f"select intake_number, {values.fault_code(shape, columns)} as reason_code,"
        f" {values.fault(shape, columns)} as reason, intake_text as raw_text"
        f" from ({_opened(shape, rows)}) where reason_code is not null"
    )


def keys(rows: str) -> str:
    """Query of the top-level keys of JSON rows, one a row, sorted."""
    objects = f"from ({rows}) where intake_record is not null"
    sets = f"select distinct json_keys(intake_record) as found {objects}"
    return f"select distinct unnest(found) as key from ({sets}) order by key"


def _opened(shape: Shape, rows: str) -> str:
    """Rows with one column per raw column, as the file has it; scalars of JSON as text."""
    if shape.kind not in JSON:
        return rows
    types = literal(json.dumps({column.name: json_shape(column.type) for column in shape.raw}))
    return f"select *, unnest(from_json(intake_record, {types})) from ({rows})"
