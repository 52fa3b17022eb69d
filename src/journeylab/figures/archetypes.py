"""Typical journeys -> one small map each, side by side over the same rows."""

import json
import math
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style
from journeylab.figures.places import touchpoints_of

COLUMNS: Final = {
    "archetype_number",
    "label",
    "medoid_journey_id",
    "journeys",
    "customers",
    "journey_share",
    "conversion_rate",
    "conversion_rate_low",
    "conversion_rate_high",
    "steps_p50",
    "is_insufficient",
}
STEP_COLUMNS: Final = {"archetype_number", "from_node", "to_node", "transitions", "share_out"}

_ENDS: Final = {"(converted)": "Converted", "(dropped)": "Dropped"}
_START: Final = "(start)"
_MOVES: Final = 14  # arcs a map
_ROOM: Final = 25  # pixels a row
_COLUMN: Final = 190  # pixels a map
_LABELS: Final = 130  # pixels
_HEAD: Final = 66  # pixels over a map
_POINTS: Final = 16


def archetypes(
    table: pl.DataFrame,
    steps: pl.DataFrame,
    nodes: pl.DataFrame,
    *,
    title: str = "Typical journeys",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw each archetype as a small map: where its journeys start, go and end.

    Rows are touchpoints by stage, the same for all maps. An arc at the right goes down the
    rows, one at the left, in orange, up them or to the same row; it is as wide as the root of
    its share of the archetype's moves. Dots are as large as the root of the moves that arrive.

    Args:
        table: ``archetypes``.
        steps: ``archetype_steps``.
        nodes: ``graph_nodes``, for plain names and the order of the rows.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Dots carry ``customdata``: JSON text of
        [archetype_number, node]. ``layout.meta.min_width`` says how many pixels it needs.
        Archetypes of fewer than 30 customers are faded. Without any, a figure that says so.

    Raises:
        ValueError: a table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.table('archetypes')")
    rows.need(steps, STEP_COLUMNS, "Lab.table('archetype_steps')")
    places = touchpoints_of(nodes, "before")
    kinds = sorted(table.to_dicts(), key=lambda row: row["archetype_number"])
    if not kinds:
        return rows.nothing(title, "No typical journeys stand out from the rest.", dark)
    moves = [row for row in steps.to_dicts() if row["from_node"] != _START]
    seen = {row["to_node"] for row in steps.to_dicts()}
    labels = {row["node"]: row["label"] for row in places if row["node"] in seen} | _ENDS
    numbers = {name: number for number, name in enumerate(labels)}
    total = sum(row["journeys"] for row in kinds)
    layout = style.frame(
        title=title,
        sentences=[
            f"{total:,} settled journeys fall into {len(kinds)} kinds, found without a look at"
            " their outcome. Thicker is more moves; each map shows its"
            f" {_MOVES} most frequent ones.",
            "Over each map: its share of journeys, and how many of them convert, with the 95%"
            " interval." + rows.faded_text(row["is_insufficient"] for row in kinds),
        ],
        legend=[
            (style.ONWARD_COLOUR, "▶", "down the rows"),
            (style.RETURN_COLOUR, "◀", "up again, or the same"),
        ],
        room=_ROOM * len(labels),
        bottom=12,
        dark=dark,
    )
    layout["height"] += _HEAD
    layout["margin"]["t"] += _HEAD
    for note in layout["annotations"]:
        note["yshift"] += _HEAD
    layout["annotations"] += [_heading(row, place, dark) for place, row in enumerate(kinds)]
    layout["meta"]["min_width"] = _LABELS + _COLUMN * len(kinds)
    layout["yaxis"] = rows.row_axis([rows.label(name) for name in labels.values()], dark)
    layout["xaxis"] = {
        "range": [-0.5, len(kinds) - 0.5],
        "visible": False,
        "fixedrange": True,
    }
    traces = []
    for place, row in enumerate(kinds):
        number = row["archetype_number"]
        own = [move for move in moves if move["archetype_number"] == number]
        came = [move for move in steps.to_dicts() if move["archetype_number"] == number]
        traces += _arcs(own, numbers, place, row["is_insufficient"])
        traces.append(_dots(came, labels, numbers, place, row))
    return {"data": traces, "layout": layout}


def _heading(row: dict[str, Any], place: int, dark: bool) -> dict[str, Any]:
    name = style.escaped(style.shortened(f"{row['archetype_number']}. {row['label']}", 22))
    converts = rows.interval_text(
        row["conversion_rate"], row["conversion_rate_low"], row["conversion_rate_high"]
    )
    return {
        "text": f"<b>{name}</b><br>{style.share_text(row['journey_share'])} of journeys"
        f"<br>{converts} convert",
        "x": place,
        "xref": "x",
        "xanchor": "center",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": 6,
        "showarrow": False,
        "opacity": 0.6 if row["is_insufficient"] else 1,
        "font": {"size": 12, "color": style.ink(dark)},
    }


def _arcs(
    moves: list[dict[str, Any]], numbers: dict[str, int], place: int, few: bool
) -> list[dict[str, Any]]:
    known = [m for m in moves if m["from_node"] in numbers and m["to_node"] in numbers]
    every = sum(move["transitions"] for move in known)
    largest = sorted(known, key=lambda m: (-m["transitions"], m["from_node"], m["to_node"]))
    traces = []
    for move in largest[:_MOVES]:
        left, right = numbers[move["from_node"]], numbers[move["to_node"]]
        goes_down = right > left
        first, last = (left, right) if left != right else (left - 0.3, right + 0.3)
        depth = 0.38 * math.sqrt(max(abs(right - left), 0.5) / max(len(numbers) - 1, 1))
        side = 1 if goes_down else -1
        colour = style.ONWARD_COLOUR if goes_down else style.RETURN_COLOUR
        turns = [math.pi * point / (_POINTS - 1) for point in range(_POINTS)]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [round(place + side * (0.03 + depth * math.sin(t)), 4) for t in turns],
                "y": [
                    round((first + last) / 2 + (first - last) / 2 * math.cos(t), 4) for t in turns
                ],
                "line": {
                    "shape": "spline",
                    "width": round(1 + 14 * math.sqrt(move["transitions"] / every), 2),
                    "color": style.faded(colour, 0.25 if few else 0.6),
                },
                "hoverinfo": "skip",
            }
        )
    return traces


def _dots(
    moves: list[dict[str, Any]],
    labels: dict[str, str],
    numbers: dict[str, int],
    place: int,
    row: dict[str, Any],
) -> dict[str, Any]:
    arrived = dict.fromkeys(labels, 0)
    for move in moves:
        if move["to_node"] in arrived:
            arrived[move["to_node"]] += move["transitions"]
    shown = [name for name, count in arrived.items() if count]
    most = max([arrived[name] for name in shown], default=1)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [place] * len(shown),
        "y": [numbers[name] for name in shown],
        "marker": {
            "size": [round(5 + 9 * math.sqrt(arrived[name] / most), 2) for name in shown],
            "color": [
                style.CONVERTED_COLOUR
                if name == "(converted)"
                else style.DROPPED_COLOUR
                if name == "(dropped)"
                else style.CHANNEL_COLOURS["web"]
                for name in shown
            ],
            "opacity": rows.FADED if row["is_insufficient"] else 1,
        },
        "customdata": [json.dumps([row["archetype_number"], name]) for name in shown],
        "hovertext": [
            f"<b>{style.escaped(labels[name])}</b>, kind {row['archetype_number']}"
            f"<br>{arrived[name]:,} moves arrive, in {row['journeys']:,} journeys of"
            f" {row['customers']:,} customers"
            for name in shown
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
