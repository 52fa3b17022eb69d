"""A format's raw columns -> the statements that read its files. The only place that composes them.

Both ways of reading share these statements: the fast one casts strictly over a whole file,
the careful one tries to cast batch by batch and says what did not fit. So a row means the
same in either.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from journeylab.errors import ModelError
from journeylab.intake.shapes import json_shape
from journeylab.settings import Source
from journeylab.warehouse import Model, RawColumn
from journeylab.warehouse.connection import quoted

Kind = Literal["json_lines", "json", "csv", "parquet", "lines"]

#: Name of the view that holds one batch of the careful path.
BATCH: Final = "intake_batch"

#: A document with its array under a path is read whole up to this size.
MAX_DOCUMENT_BYTES: Final = 64 << 20

_KINDS: Final = ("json_lines", "json", "csv", "parquet", "lines")
_JSON: Final = ("json", "json_lines")
_ARRAY: Final = re.compile(r"^\$(\.[A-Za-z_][A-Za-z0-9_]*)*$")
_NO_NULLS: Final = "\x01\x02"  # read_csv wants a null string; the tokens are judged later


@dataclass(frozen=True, slots=True)
class Shape:
    """How files of a source are read, and what the format wants of them.

    ``array`` are the keys that lead to the array of a JSON document.
    """

    kind: Kind
    raw: tuple[RawColumn, ...]
    table: str
    delimiter: str
    null_tokens: tuple[str, ...]
    array: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns a file must have."""
        return tuple(column.name for column in self.raw if column.is_required)


def shape_of(source: Source, model: Model) -> Shape:
    """Join the format's header and the source's settings.

    Raises:
        ModelError: the header's reader cannot be used.
    """
    told, _, path = model.reader.partition(" ")
    kind = source.reader or told
    if kind not in _KINDS or (path and _ARRAY.match(path.strip()) is None):
        raise ModelError(
            f"reader {model.reader!r} cannot be used",
            f"{model.name} ({model.path})",
            f"write one of {', '.join(_KINDS)}; 'json' may have a path such as $.conversations",
        )
    return Shape(
        kind=next(known for known in _KINDS if known == kind),
        raw=model.raw,
        table=f"raw.{model.table}",
        delimiter=source.delimiter,
        null_tokens=source.null_tokens,
        array=tuple(path.strip().removeprefix("$").split(".")[1:]),
    )


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
    if shape.kind not in _JSON:
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
    values = ", ".join(_value(shape, column, columns, strict=strict) for column in shape.raw)
    where = "" if strict else f" where {_fault_code(shape, columns)} is null"
    if shape.kind == "lines":
        where = " where intake_record is not null"
    names = ", ".join(quoted(column.name) for column in shape.raw)
    return (
        f"insert into {quoted(shape.table)} (source, delivery_key, row_number, {names}, extra)"
        f" select $source, $delivery_key, intake_number, {values}, {_extra(shape, columns)}"
        f" from ({_opened(shape, rows)}){where}"
    )


def faults(shape: Shape, rows: str, columns: Mapping[str, str]) -> str:
    """Query of the rows that ``insert`` leaves out: number, reason code, reason, text."""
    return (
        f"select intake_number, {_fault_code(shape, columns)} as reason_code,"
        f" {_fault(shape, columns)} as reason, intake_text as raw_text"
        f" from ({_opened(shape, rows)}) where reason_code is not null"
    )


def keys(rows: str) -> str:
    """Query of the top-level keys of JSON rows, one a row, sorted."""
    objects = f"from ({rows}) where intake_record is not null"
    sets = f"select distinct json_keys(intake_record) as found {objects}"
    return f"select distinct unnest(found) as key from ({sets}) order by key"


def missing_in(shape: Shape, has: Iterable[str]) -> list[str]:
    """Required columns that are not among the given ones."""
    present = set(has)
    return [name for name in shape.required if name not in present]


def unnamed_in(shape: Shape, has: Iterable[str]) -> list[str]:
    """Columns among the given ones that the format does not name, in order."""
    named = {column.name for column in shape.raw}
    return [name for name in has if name not in named]


def literal(value: str) -> str:
    """Quote a text for use in a statement."""
    return "'" + value.replace("'", "''") + "'"


def _opened(shape: Shape, rows: str) -> str:
    """Rows with one column per raw column, as the file has it; scalars of JSON as text."""
    if shape.kind not in _JSON:
        return rows
    types = literal(json.dumps({column.name: json_shape(column.type) for column in shape.raw}))
    return f"select *, unnest(from_json(intake_record, {types})) from ({rows})"


def _field(shape: Shape, name: str, columns: Mapping[str, str]) -> str | None:
    """Expression of a column as the file has it; None where the file lacks it."""
    if shape.kind == "lines":
        return "intake_record"
    if shape.kind in _JSON:
        return quoted_column(name)
    if name not in columns:
        return None
    return f"f{list(columns).index(name)}" if shape.kind == "csv" else quoted_column(name)


def _value(shape: Shape, column: RawColumn, columns: Mapping[str, str], *, strict: bool) -> str:
    field = _field(shape, column.name, columns)
    if field is None:
        return f"null::{column.type}"
    value = f"cast({field} as {column.type})"
    if not strict:
        value = _tried(field, column)
    elif _is_nested(shape, column):
        value = f"case when {_is_other(column, field)} then error('not nested') else {value} end"
    token = _is_token(shape, column, field, columns)
    return value if token is None else f"case when {token} then null else {value} end"


def _tried(field: str, column: RawColumn) -> str:
    """The cast value or null; for nested values ``try_cast`` would null only the bad leaf."""
    if _is_scalar(column):
        return f"try_cast({field} as {column.type})"
    return f"try(cast({field} as {column.type}))"


def _is_scalar(column: RawColumn) -> bool:
    return not column.type.endswith("]") and not column.type.startswith("struct")


def _is_nested(shape: Shape, column: RawColumn) -> bool:
    return shape.kind in _JSON and not _is_scalar(column)


def _is_other(column: RawColumn, field: str) -> str:
    """Condition under which a nested column of a JSON record holds something of another shape."""
    pointer = literal("/" + column.name.replace("~", "~0").replace("/", "~1"))
    kind = f"coalesce(json_type(intake_record, {pointer}), 'NULL')"
    return f"case when {field} is null then {kind} != 'NULL' else false end"


def _is_token(
    shape: Shape, column: RawColumn, field: str, columns: Mapping[str, str]
) -> str | None:
    """Condition under which a field stands for null; None where it cannot."""
    if not shape.null_tokens or shape.kind == "lines":
        return None
    if shape.kind == "parquet" and columns[column.name] != "VARCHAR":
        return None
    if shape.kind in _JSON and (column.type == "json" or not _is_scalar(column)):
        return None
    return f"{field} in ({', '.join(map(literal, shape.null_tokens))})"


def _bad_columns(shape: Shape, columns: Mapping[str, str]) -> list[tuple[RawColumn, str, str]]:
    """Typed columns of the file: column, what it holds as text, condition under which it is bad."""
    found = []
    for column in shape.raw:
        field = _field(shape, column.name, columns)
        if field is None or column.type == "varchar" or shape.kind == "lines":
            continue
        bad = f"{field} is not null and {_tried(field, column)} is null"
        shown = field
        if _is_nested(shape, column):
            bad = f"({bad} or {_is_other(column, field)})"
            shown = f"(intake_record -> {literal('$.' + quoted_column(column.name))})"
        token = _is_token(shape, column, field, columns)
        found.append((column, shown, bad if token is None else f"{bad} and not {token}"))
    return found


def _fault_code(shape: Shape, columns: Mapping[str, str]) -> str:
    cases = [f"when {bad} then 'bad_type'" for _, _, bad in _bad_columns(shape, columns)]
    if shape.kind in _JSON:
        not_json = "when intake_record is null and not json_valid(intake_text) then 'not_json'"
        cases = [not_json, "when intake_record is null then 'not_an_object'", *cases]
    return f"case {' '.join(cases)} end" if cases else "null::varchar"


def _fault(shape: Shape, columns: Mapping[str, str]) -> str:
    cases = [
        f"when {bad} then concat({literal(f'{column.name}: ')}, left({shown}::varchar, 100),"
        f" {literal(f' is no {column.type}')})"
        for column, shown, bad in _bad_columns(shape, columns)
    ]
    if shape.kind in _JSON:
        no_json = "'the record is no JSON: '"
        no_object = "'the record is JSON, but no object: '"
        which = f"case when json_valid(intake_text) then {no_object} else {no_json} end"
        beginning = f"concat({which}, left(intake_text, 100))"
        cases = [f"when intake_record is null then {beginning}", *cases]
    return f"case {' '.join(cases)} end" if cases else "null::varchar"


def _extra(shape: Shape, columns: Mapping[str, str]) -> str:
    """Expression of the object of what the format does not name; null where that is nothing."""
    if shape.kind == "lines":
        return "null::json"
    if shape.kind in _JSON:
        patch = literal(json.dumps({column.name: None for column in shape.raw}))
        return f"nullif(json_merge_patch(intake_record, {patch}), '{{}}')"
    unnamed = unnamed_in(shape, columns)
    if not unnamed:
        return "null::json"
    pairs = ", ".join(f"{literal(name)}, {_extra_value(shape, name, columns)}" for name in unnamed)
    return f"nullif(json_merge_patch('{{}}', json_object({pairs})), '{{}}')"


def _extra_value(shape: Shape, name: str, columns: Mapping[str, str]) -> str:
    column = RawColumn(name, "varchar", False, "")
    field = _field(shape, name, columns) or "null"
    token = _is_token(shape, column, field, columns)
    return field if token is None else f"case when {token} then null else {field} end"


def quoted_column(name: str) -> str:
    """Quote a column name, dots and all."""
    return '"' + name.replace('"', '""') + '"'
