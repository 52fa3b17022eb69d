"""Repaired records -> one file in the format of their source, as its sender would write it."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from journeylab.errors import InputRefused
from journeylab.intake.shapes import Shape

#: Keys that staging adds to the columns of a record, and that are none of its own.
_ADDED: Final = ("source", "delivery_key", "row_number")


@dataclass(frozen=True, slots=True)
class Repair:
    """One repaired record: where it stood, and what it reads now.

    ``is_columns`` says that the text is a JSON object of the raw table's columns, as staging
    shows a record it refused, and not the record as it was delivered.
    """

    row_id: str
    row_number: int
    text: str
    is_columns: bool


def as_text(shape: Shape, repairs: Sequence[Repair], header: Sequence[str]) -> str:
    """Write repaired records as a file of the source's format.

    Where lines count, a record keeps its line: the lines between are empty.

    Args:
        shape: how files of the source are read; not Parquet.
        repairs: in the order of their row numbers.
        header: columns of a CSV file.

    Raises:
        InputRefused: a text cannot be a record of the format.
    """
    if shape.kind == "json":
        opening = "".join(f"{{{json.dumps(key)}:" for key in shape.array)
        elements = ",\n".join(_object_text(repair) for repair in repairs)
        return f"{opening}[\n{elements}\n]{'}' * len(shape.array)}\n"
    if shape.kind == "json_lines":
        lines = ((r.row_number, _object_text(r).replace("\n", " ")) for r in repairs)
        return _placed("", lines)
    if shape.kind == "csv":
        lines = ((r.row_number, _csv_text(shape, r, header)) for r in repairs)
        return _placed(_csv_line(header, shape.delimiter) + "\n", lines)
    return _placed("", ((r.row_number, _plain_line(shape, r)) for r in repairs))


def as_objects(repairs: Sequence[Repair]) -> list[dict[str, Any]]:
    """Repaired records of a Parquet file, each as an object of its columns.

    Raises:
        InputRefused: a text is no JSON object.
    """
    return [_object(repair) for repair in repairs]


def _placed(opening: str, lines: Iterable[tuple[int, str]]) -> str:
    parts, line = [opening], 1 + opening.count("\n")
    for number, text in lines:
        parts += ["\n" * max(number - line, 0), text, "\n"]
        line = max(number, line) + text.count("\n") + 1
    return "".join(parts)


def _object_text(repair: Repair) -> str:
    if not repair.is_columns:
        return repair.text
    return json.dumps(_object(repair), ensure_ascii=False)


def _object(repair: Repair) -> dict[str, Any]:
    """The record's own columns and, beside them, what the format does not name."""
    try:
        told = json.loads(repair.text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise InputRefused(
            "the repaired text is no JSON object",
            f"row {repair.row_id}",
            "keep the braces and quotes of the exported text, and change values only",
        )
    if not repair.is_columns:
        return told
    own = {name: value for name, value in told.items() if name not in (*_ADDED, "extra")}
    return {**(told.get("extra") or {}), **own}


def _csv_text(shape: Shape, repair: Repair, header: Sequence[str]) -> str:
    if not repair.is_columns:
        return repair.text
    told = _object(repair)
    null = shape.null_tokens[0] if shape.null_tokens else ""
    return _csv_line([_cell(told.get(name), null) for name in header], shape.delimiter)


def _cell(value: object, null: str) -> str:
    if value is None:
        return null
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _csv_line(fields: Iterable[str], delimiter: str) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="").writerow(fields)
    return written.getvalue()


def _plain_line(shape: Shape, repair: Repair) -> str:
    text = repair.text
    if repair.is_columns:
        (column,) = shape.raw
        text = str(_object(repair).get(column.name) or "")
    if "\n" in text:
        raise InputRefused(
            "the repaired text has several lines", f"row {repair.row_id}", "write one line"
        )
    return text
