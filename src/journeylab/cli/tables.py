"""Frames as text for people: aligned columns, numbers on the right, nulls shown."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

import polars as pl

Format = Literal["table", "csv", "json", "parquet"]

NULL_TEXT: Final = "null"

_WIDEST_CHARACTERS: Final = 60
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def as_text(frame: pl.DataFrame, form: Format, *, rows: int) -> str:
    """A frame in one of the forms the command line prints.

    Args:
        frame: the rows.
        form: ``table`` for people, ``csv`` or ``json`` (one array of objects) for programs.
        rows: most rows a table shows; csv and json hold all.
    """
    if form == "csv":
        return as_csv(frame)
    return as_json(frame) if form == "json" else as_table(frame, rows=rows)


def as_table(frame: pl.DataFrame, *, rows: int) -> str:
    """A frame as aligned text that ends with its row count.

    Args:
        frame: the rows.
        rows: most rows shown.
    """
    shown = frame.head(rows)
    cells = [[_cell(value) for value in row] for row in shown.rows()]
    right = [kind.is_numeric() for kind in frame.dtypes]
    lines = aligned(frame.columns, cells, right) if frame.width else []
    count = "1 row" if frame.height == 1 else f"{frame.height:,} rows"
    more = "" if frame.height <= rows else f", {rows:,} shown; --rows shows more"
    return "\n".join([*lines, f"({count}{more})"])


def aligned(
    heads: Sequence[str], cells: Sequence[Sequence[str]], right: Sequence[bool]
) -> list[str]:
    """Lines of a table: heads, a rule, then the rows; columns two blanks apart."""
    widths = [
        max(len(head), *(len(row[place]) for row in cells), 1) if cells else len(head)
        for place, head in enumerate(heads)
    ]

    def line(parts: Sequence[str]) -> str:
        placed = (
            part.rjust(width) if is_right else part.ljust(width)
            for part, width, is_right in zip(parts, widths, right, strict=True)
        )
        return "  ".join(placed).rstrip()

    return [line(heads), "  ".join("-" * width for width in widths), *map(line, cells)]


def as_csv(frame: pl.DataFrame) -> str:
    """A frame as CSV; a text that a spreadsheet would take for a formula gets an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(frame.columns)
    for row in frame.rows():
        writer.writerow([_guarded(value) for value in row])
    return written.getvalue().removesuffix("\n")


def printable(text: str) -> str:
    """A text on one line: signs that a terminal would obey are spelled out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def guarded(text: str) -> str:
    """A text as ``as_csv`` writes it: with an apostrophe where a spreadsheet would run it."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def as_json(frame: pl.DataFrame) -> str:
    """A frame as a JSON array of objects, one a line."""
    lines = [json.dumps(row, default=_plain, ensure_ascii=False) for row in frame.to_dicts()]
    return "[" + ",\n ".join(lines) + "]"


def _cell(value: Any) -> str:  # noqa: ANN401 - any SQL value
    if value is None:
        return NULL_TEXT
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.9g}"
    text = printable(" ".join(value.split())) if isinstance(value, str) else str(value)
    return text if len(text) <= _WIDEST_CHARACTERS else text[: _WIDEST_CHARACTERS - 1] + "…"


def _guarded(value: Any) -> Any:  # noqa: ANN401 - any SQL value
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, default=_plain) if isinstance(value, list | dict) else value


def _plain(value: object) -> float | str:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
