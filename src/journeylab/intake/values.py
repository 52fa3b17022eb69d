"""Columns of a raw table -> expressions over those of a file: cast, tried, or told as faults."""

import json
from collections.abc import Mapping

from journeylab.intake.shapes import JSON, Shape
from journeylab.warehouse import RawColumn


def literal(value: str) -> str:
    """Quote a text for use in a statement."""
    return "'" + value.replace("'", "''") + "'"


def quoted_column(name: str) -> str:
    """Quote a column name, dots and all."""
    return '"' + name.replace('"', '""') + '"'


def _field(shape: Shape, name: str, columns: Mapping[str, str]) -> str | None:
    """Expression of a column as the file has it; None where the file lacks it."""
    if shape.kind == "lines":
        return "intake_record"
    if shape.kind in JSON:
        return quoted_column(name)
    if name not in columns:
        return None
    return f"f{list(columns).index(name)}" if shape.kind == "csv" else quoted_column(name)


def value(shape: Shape, column: RawColumn, columns: Mapping[str, str], *, strict: bool) -> str:
    """Expression of the value of a raw column; null where the file lacks the column.

    Args:
        shape: how files of the source are read.
        column: the raw column.
        columns: columns the file has -> DuckDB type.
        strict: fail on a value that does not fit, else take null.
    """
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
    return shape.kind in JSON and not _is_scalar(column)


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
    if shape.kind in JSON and (column.type == "json" or not _is_scalar(column)):
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


def fault_code(shape: Shape, columns: Mapping[str, str]) -> str:
    """Expression of why a row is left out, as a code; null where nothing is wrong with it."""
    cases = [f"when {bad} then 'bad_type'" for _, _, bad in _bad_columns(shape, columns)]
    if shape.kind in JSON:
        not_json = "when intake_record is null and not json_valid(intake_text) then 'not_json'"
        cases = [not_json, "when intake_record is null then 'not_an_object'", *cases]
    return f"case {' '.join(cases)} end" if cases else "null::varchar"


def fault(shape: Shape, columns: Mapping[str, str]) -> str:
    """The same in words, with the column and what it held."""
    cases = [
        f"when {bad} then concat({literal(f'{column.name}: ')}, left({shown}::varchar, 100),"
        f" {literal(f' is no {column.type}')})"
        for column, shown, bad in _bad_columns(shape, columns)
    ]
    if shape.kind in JSON:
        no_json = "'the record is no JSON: '"
        no_object = "'the record is JSON, but no object: '"
        which = f"case when json_valid(intake_text) then {no_object} else {no_json} end"
        beginning = f"concat({which}, left(intake_text, 100))"
        cases = [f"when intake_record is null then {beginning}", *cases]
    return f"case {' '.join(cases)} end" if cases else "null::varchar"


def extra(shape: Shape, columns: Mapping[str, str]) -> str:
    """Expression of the object of what the format does not name; null where that is nothing."""
    if shape.kind == "lines":
        return "null::json"
    if shape.kind in JSON:
        patch = literal(json.dumps({column.name: None for column in shape.raw}))
        return f"nullif(json_merge_patch(intake_record, {patch}), '{{}}')"
    unnamed = shape.unnamed_in(columns)
    if not unnamed:
        return "null::json"
    pairs = ", ".join(f"{literal(name)}, {_extravalue(shape, name, columns)}" for name in unnamed)
    return f"nullif(json_merge_patch('{{}}', json_object({pairs})), '{{}}')"


def _extravalue(shape: Shape, name: str, columns: Mapping[str, str]) -> str:
    column = RawColumn(name, "varchar", False, "")
    field = _field(shape, name, columns) or "null"
    token = _is_token(shape, column, field, columns)
    return field if token is None else f"case when {token} then null else {field} end"
