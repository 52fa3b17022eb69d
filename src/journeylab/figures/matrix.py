"""Transitions of the graph -> a table of where each touchpoint leads, in colour."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style
from journeylab.figures.places import moves_of, start_of, touchpoints_of

_ROOM: Final = 27  # pixels a row
_COLUMN: Final = 44  # pixels
_LABELS: Final = 190  # pixels of the labels at the left
_TOP: Final = 96  # pixels of the labels above
_RIGHT: Final = 72  # pixels into which the last of them leans
_LEAST: Final = 0.01  # share below which a cell stays empty
_ENDS: Final = ("(dropped)", "(end)")
_ENDS_LABEL: Final = "Journey ends"

#: Light and dark page: from the paper to a full colour.
_BLUES: Final = (("#F1F6FA", "#0072B2"), ("#1F2B38", "#3FA0DB"))
_ORANGES: Final = (("#FDF3EC", "#D55E00"), ("#33261D", "#EC7A22"))
_GREYS: Final = (("#F3F4F6", "#5B6470"), ("#262C33", "#AAB3BF"))


def matrix(
    edges: pl.DataFrame,
    nodes: pl.DataFrame,
    *,
    part: str = "before",
    title: str = "Where each touchpoint leads",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw for each touchpoint the share of its visits that go to each other one next.

    A cell is the share of the settled visits to its row that go to its column; the last
    column holds those after which the journey ends without a goal. A row sums to 100%. Blue:
    most of these moves go to a touchpoint not seen before in the journey; orange: at least
    half go back or do it again. Rows and columns stand as in ``back_and_forth``.

    Args:
        edges: ``graph_edges``.
        nodes: ``graph_nodes``.
        part: ``before`` or ``after`` the goal.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Cells carry ``customdata``: JSON text of [from, to]. Rows
        of fewer than 30 customers are marked with ``*``. ``layout.meta.min_width`` says how
        many pixels it needs. Without settled moves, a figure that says so.

    Raises:
        ValueError: a table lacks a column.
    """
    columns = touchpoints_of(nodes, part)
    moves = [row for row in moves_of(edges, part) if row["share_out"]]
    leaving = {row["from_node"] for row in moves if row["to_node"] != "(converted)"}
    lines = [row for row in columns if row["node"] in leaving]
    if not lines:
        return rows.nothing(title, "No settled moves to show.", dark)
    start = start_of(nodes, part)
    customers = start["customers_settled"]
    layout = style.frame(
        title=title,
        sentences=[
            f"% of the visits to the row that go to the column next. {start['journeys_settled']:,}"
            f" settled journeys of {customers:,} customers, {part} the goal. Each row adds up to"
            " 100%; shares below 1% are left blank.",
            *_few(lines),
        ],
        legend=[
            (style.CHANNEL_COLOURS["web"], "■", "onward, mostly not seen before"),
            (style.RETURN_COLOUR, "■", "mostly back or again"),
            (style.ONWARD_COLOUR, "■", "the journey ends without a goal"),
        ],
        room=_ROOM * len(lines),
        bottom=12,
        dark=dark,
    )
    layout["height"] += _TOP
    layout["margin"]["t"] += _TOP
    layout["margin"]["r"] = _RIGHT
    for note in layout["annotations"]:
        note["yshift"] += _TOP - 4
    layout["meta"]["min_width"] = _LABELS + _COLUMN * (len(columns) + 1)
    layout["yaxis"] = {
        **rows.row_axis([rows.label(row["label"]) + _star(row) for row in lines], dark),
        "showgrid": False,
        "ticks": "",
    }
    texts = [rows.label(row["label"]) for row in columns] + [_ENDS_LABEL]
    layout["xaxis"] = {
        "side": "top",
        "tickmode": "array",
        "tickvals": list(range(len(texts))),
        "ticktext": texts,
        "tickangle": -45,
        "ticks": "",
        "range": [-0.5, len(texts) - 0.5],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": False,
    }
    return {"data": _layers(lines, columns, moves, dark), "layout": layout}


def _layers(
    lines: list[dict[str, Any]],
    columns: list[dict[str, Any]],
    moves: list[dict[str, Any]],
    dark: bool,
) -> list[dict[str, Any]]:
    """One layer of cells a colour, each over the whole table, so that all keep their place."""
    ys = {row["node"]: number for number, row in enumerate(lines)}
    xs = {row["node"]: number for number, row in enumerate(columns)}
    labels = {row["node"]: style.escaped(row["label"]) for row in columns}
    layers = []
    for kind, scales in (("onward", _BLUES), ("back", _ORANGES), ("ends", _GREYS)):
        width = len(columns) + 1
        z: list[list[float | None]] = [[None] * width for _ in lines]
        text, told, keys = ([[""] * width for _ in lines] for _ in range(3))
        for move in moves:
            name, share = move["to_node"], move["share_out"]
            x = len(columns) if name in _ENDS else xs.get(name)
            y = ys.get(move["from_node"])
            if x is None or y is None or share < _LEAST or _kind(move) != kind:
                continue
            z[y][x] = share
            text[y][x] = f"{100 * share:.0f}"
            keys[y][x] = json.dumps([move["from_node"], name])
            told[y][x] = (
                f"<b>{labels[move['from_node']]} → {labels.get(name, _ENDS_LABEL)}</b>"
                f"<br>{style.share_text(share)} of the settled visits ·"
                f" {move['transitions']:,} moves of {move['customers']:,} customers"
            )
        layers.append(
            {
                "type": "heatmap",
                "x": list(range(width)),
                "y": list(range(len(lines))),
                "z": z,
                "zmin": 0,
                "zmax": 0.7,
                "colorscale": [[0, scales[dark][0]], [1, scales[dark][1]]],
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
        )
    return layers


def _kind(move: dict[str, Any]) -> str:
    if move["to_node"] in _ENDS:
        return "ends"
    return "back" if 2 * move["returns"] >= move["transitions"] else "onward"


def _star(row: dict[str, Any]) -> str:
    return " *" if row["customers_settled"] < rows.FEW else ""


def _few(lines: list[dict[str, Any]]) -> list[str]:
    return ["* fewer than 30 customers."] if any(map(_star, lines)) else []
