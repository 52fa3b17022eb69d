"""Shares in a table of rows and columns, in colour. Shared, not public."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style
from journeylab.figures.columns import ENDS

ROOM: Final = 27  # pixels a row
COLUMN: Final = 44  # pixels
_LABELS: Final = 190  # pixels of the labels at the left
_TOP: Final = 96  # pixels of slanted labels above
_FLAT_TOP: Final = 24  # pixels of short ones
_RIGHT: Final = 72  # pixels into which the last of them leans
_BLUES: Final = (("#F1F6FA", "#0072B2"), ("#1F2B38", "#3FA0DB"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One share: what it says when hovered (escaped already), and what a click tells."""

    share: float
    told: str
    key: Sequence[Any]


def grid(
    lines: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[int, int], Cell],
    *,
    title: str,
    sentences: Sequence[str],
    dark: bool,
) -> dict[str, Any]:
    """Draw cells as shares in colour.

    Args:
        lines: labels of the rows, plain, from above.
        columns: labels of the columns, plain; those of up to three signs stand upright.
        cells: (line, column) -> what stands there; the others stay empty.
        title: heading.
        sentences: below it; their data is escaped already.
        dark: whether it stands on a dark page.
    """
    is_flat = all(len(name) <= 3 for name in columns)
    top = _FLAT_TOP if is_flat else _TOP
    layout = style.frame(
        title=title, sentences=sentences, room=ROOM * len(lines), bottom=12, dark=dark
    )
    layout["height"] += top
    layout["margin"] |= {"t": layout["margin"]["t"] + top, "r": 16 if is_flat else _RIGHT}
    layout["meta"]["min_width"] = _LABELS + COLUMN * len(columns)
    layout["yaxis"] = {
        **rows.row_axis([rows.label(name) for name in lines], dark),
        "showgrid": False,
        "ticks": "",
    }
    layout["xaxis"] = {
        "side": "top",
        "tickmode": "array",
        "tickvals": list(range(len(columns))),
        "ticktext": [rows.label(name) for name in columns],
        "tickangle": 0 if is_flat else -45,
        "ticks": "",
        "range": [-0.5, len(columns) - 0.5],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
    }
    return {"data": [_layer(len(lines), len(columns), cells, dark)], "layout": layout}


def names_of(touchpoints: pl.DataFrame | None, names: Sequence[str]) -> dict[str, str]:
    """Plain names of touchpoints and bracketed nodes, not escaped; the name itself without one."""
    told = {"(other)": "Other", "(start)": "Starts"}
    told |= {name: text for name, (text, _) in ENDS.items()}
    if touchpoints is not None:
        told |= {row["touchpoint"]: row["label"] for row in touchpoints.to_dicts()}
    return {name: told.get(name) or name for name in names}


def _layer(
    height: int, width: int, cells: Mapping[tuple[int, int], Cell], dark: bool
) -> dict[str, Any]:
    z: list[list[float | None]] = [[None] * width for _ in range(height)]
    text, told, keys = ([[""] * width for _ in range(height)] for _ in range(3))
    for (line, column), cell in cells.items():
        z[line][column] = cell.share
        text[line][column] = f"{100 * cell.share:.0f}"
        told[line][column] = cell.told
        keys[line][column] = json.dumps(list(cell.key))
    light, full = _BLUES[dark]
    return {
        "type": "heatmap",
        "x": list(range(width)),
        "y": list(range(height)),
        "z": z,
        "zmin": 0,
        "zmax": 0.7,
        "colorscale": [[0, light], [1, full]],
        "showscale": False,
        "text": text,
        "texttemplate": "%{text}",
        "hovertext": told,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "hoverongaps": False,
        "customdata": keys,
        "xgap": 2,
        "ygap": 2,
    }
