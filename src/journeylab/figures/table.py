"""Rows that stand for single things, such as journeys -> a table to read. No other drawing."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

_HEAD: Final = 34  # pixels
_LINE: Final = 26
_LONGEST: Final = 44  # characters of a cell
_SHARES: Final = ("_share", "_rate", "chance", "reach", "share")


def table(
    table: pl.DataFrame,
    *,
    columns: Sequence[str] | None = None,
    top: int = 20,
    title: str = "Rows",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the first rows of any table as text; for what has no other picture.

    Args:
        table: for example ``Lab.journeys(…)``, ``Lab.matches(…)`` or ``Lab.zombie_leads()``.
        columns: those shown, in this order; None shows all.
        top: rows shown at most, in the order of the table.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Its trace carries ``customdata``: JSON text of each row's
        cells. Times are written in the unit that suits them, instants are UTC, long texts are
        cut. Without rows, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    shown = list(table.columns if columns is None else columns)
    rows.need(table, set(shown), "a table that has them, for example Lab.journeys()")
    if table.is_empty():
        return rows.nothing(title, "There is no row.", dark)
    drawn = table.select(shown).head(top)
    cells = [[_cell(name, value) for value in drawn[name].to_list()] for name in shown]
    layout = style.frame(
        title=title,
        sentences=[f"{drawn.height:,} of {table.height:,} rows, {len(shown)} columns."],
        room=_HEAD + _LINE * drawn.height,
        dark=dark,
        bottom=8,
    )
    hidden = {"visible": False}
    line = {"color": style.grid(dark)}
    trace = {
        "type": "table",
        "columnwidth": [_width(name, column) for name, column in zip(shown, cells, strict=True)],
        "header": {
            "values": [f"<b>{style.escaped(_words(name))}</b>" for name in shown],
            "align": "left",
            "height": _HEAD,
            "fill": {"color": style.grid(dark)},
            "line": line,
            "font": {"color": style.ink(dark), "size": 12},
        },
        "cells": {
            "values": cells,
            "align": ["right" if drawn[name].dtype.is_numeric() else "left" for name in shown],
            "height": _LINE,
            "fill": {"color": "rgba(0,0,0,0)"},
            "line": line,
            "font": {"color": style.ink(dark), "size": 12},
        },
        "customdata": [json.dumps(row, default=str) for row in map(list, drawn.rows())],
    }
    width = 90 * len(shown)
    return {
        "data": [trace],
        "layout": {
            **layout,
            "xaxis": hidden,
            "yaxis": hidden,
            "meta": {**layout["meta"], "min_width": width},
        },
    }


def _words(name: str) -> str:
    """A column's name in words, without the unit its cells say themselves."""
    for suffix, unit in (("_seconds", ""), ("_at", " (UTC)")):
        if name.endswith(suffix):
            name = name.removesuffix(suffix) + unit
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _cell(name: str, value: Any) -> str:  # noqa: ANN401 - any value of a table
    """A value as text, escaped."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int | float) and name.endswith("_seconds"):
        return style.time_text(float(value))
    if isinstance(value, float) and name.endswith(_SHARES):
        return style.share_text(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}"
    text = " → ".join(map(str, value)) if isinstance(value, list) else str(value)
    return style.escaped(style.shortened(text, _LONGEST))


def _width(name: str, cells: Sequence[str]) -> int:
    """How wide a column is beside the others: its longest text, within reason."""
    return min(max(len(_words(name)), *map(len, cells), 6), _LONGEST)
