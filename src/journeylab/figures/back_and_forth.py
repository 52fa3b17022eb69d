"""Transitions of the graph -> arcs: onward at the right, back or again at the left."""

import json
import math
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style
from journeylab.figures.places import moves_of, start_of, touchpoints_of

_POINTS: Final = 24  # of an arc
_GAP: Final = 0.06  # between the dots and where arcs begin
_UP: Final = 1.14  # times further out, so that two arcs of a pair stand apart
_HEAD: Final = 0.65 * math.pi  # where on an arc its triangle stands
_WIDEST: Final = 15  # pixels
_NAMED: Final = 4  # arcs of a side whose number is written beside them
_ROOM: Final = 27  # pixels a row


def back_and_forth(
    edges: pl.DataFrame,
    nodes: pl.DataFrame,
    *,
    part: str = "before",
    top: int = 40,
    title: str = "Back and forth",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw which touchpoint follows which, and how much of it is going back.

    Each transition is an arc from one row to another, with a triangle in its direction. The
    moves into a touchpoint the journey had not seen before are drawn at the right; those into
    one it had seen, the same one again included, at the left in orange. An arc is as wide as
    the root of its moves, in whole pixels. Rows stand by stage, the most visited first; dots
    are visits.

    Args:
        edges: ``graph_edges``.
        nodes: ``graph_nodes``.
        part: ``before`` or ``after`` the goal.
        top: most arcs drawn, the largest first.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Triangles carry ``customdata``: JSON text of
        [from, to, is_return]; dots of [touchpoint]. Moves of fewer than 30 customers are
        faded. Without moves, a figure that says so.

    Raises:
        ValueError: a table lacks a column.
    """
    places = touchpoints_of(nodes, part)
    numbers = {row["node"]: number for number, row in enumerate(places)}
    moves = [
        m for m in moves_of(edges, part) if m["from_node"] in numbers and m["to_node"] in numbers
    ]
    arcs = _arcs(moves)
    if not arcs:
        return rows.nothing(title, "No moves between touchpoints to show.", dark)
    drawn, total = arcs[:top], sum(arc["moves"] for arc in arcs)
    carried = sum(arc["moves"] for arc in drawn)
    back = sum(arc["moves"] for arc in arcs if arc["is_return"])
    start = start_of(nodes, part)
    labels = {row["node"]: style.escaped(row["label"]) for row in places}
    layout = style.frame(
        title=title,
        sentences=[
            f"{start['journeys']:,} journeys of {start['customers']:,} customers, {total:,} moves"
            f" {part} the goal. {style.share_text(back / total)} of them go back to a touchpoint"
            " seen before, or do it again.",
            f"The {len(drawn)} largest of {len(arcs)} links are drawn; they carry"
            f" {style.share_text(carried / total)} of the moves. Thicker is more moves, a larger"
            " dot more visits.",
        ],
        legend=[
            (style.RETURN_COLOUR, "◀", "back or again"),
            (style.ONWARD_COLOUR, "▶", "onward, not seen before"),
            *style.channel_legend([row["channel"] for row in places]),
        ],
        room=_ROOM * len(places) + 20,
        bottom=12,
        dark=dark,
    )
    layout["yaxis"] = rows.row_axis([rows.label(row["label"]) for row in places], dark)
    layout["xaxis"] = {"range": [-1.12, 1.12], "visible": False, "fixedrange": True}
    layout["annotations"] += _numbers(drawn, numbers, len(places), dark)
    most = drawn[0]["moves"]
    return {
        "data": [
            *_lines(drawn, numbers, len(places), most),
            *_triangles(drawn, numbers, len(places), labels, dark),
            _dots(places, labels),
        ],
        "layout": layout,
    }


def _arcs(moves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each transition split in first visits and returns, the largest first."""
    arcs = [
        {**move, "is_return": is_return, "moves": count}
        for move in moves
        for is_return, count in (
            (False, move["transitions"] - move["returns"]),
            (True, move["returns"]),
        )
        if count > 0
    ]
    return sorted(
        arcs, key=lambda arc: (-arc["moves"], arc["from_node"], arc["to_node"], arc["is_return"])
    )


def _shape(arc: dict[str, Any], numbers: dict[str, int], count: int) -> tuple[float, float, float]:
    """Rows it joins, and how far out it reaches: further the more rows lie between, and up."""
    left, right = numbers[arc["from_node"]], numbers[arc["to_node"]]
    span = abs(left - right)
    depth = 0.85 * math.sqrt(max(span, 0.5) / max(count - 1, 1)) * (_UP if right < left else 1)
    if span:
        return left, right, depth
    return left - 0.3, right + 0.3, depth


def _lines(
    arcs: list[dict[str, Any]], numbers: dict[str, int], count: int, most: int
) -> list[dict[str, Any]]:
    """The arcs, those of one look in one trace, because a browser takes its time for each."""
    looks: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for arc in arcs:
        colour = style.RETURN_COLOUR if arc["is_return"] else style.ONWARD_COLOUR
        opacity = 0.15 if arc["customers"] < rows.FEW else 0.6 if arc["is_return"] else 0.5
        width = round(1 + (_WIDEST - 1) * math.sqrt(arc["moves"] / most))
        looks.setdefault((width, style.faded(colour, opacity)), []).append(arc)
    return [
        _line([_points(arc, numbers, count) for arc in alike], width, colour)
        for (width, colour), alike in looks.items()
    ]


def _line(ways: list[list[tuple[float, float]]], width: int, colour: str) -> dict[str, Any]:
    gap: list[tuple[float | None, float | None]] = [(None, None)]
    points = [point for way in ways for point in (*way, *gap)][:-1]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "line": {"shape": "spline", "width": width, "color": colour},
        "hoverinfo": "skip",
    }


def _points(arc: dict[str, Any], numbers: dict[str, int], count: int) -> list[tuple[float, float]]:
    first, last, depth = _shape(arc, numbers, count)
    side = -1 if arc["is_return"] else 1
    turns = [math.pi * place / (_POINTS - 1) for place in range(_POINTS)]
    return [
        (
            round(side * (_GAP + depth * math.sin(turn)), 4),
            round((first + last) / 2 + (first - last) / 2 * math.cos(turn), 4),
        )
        for turn in turns
    ]


def _triangles(
    arcs: list[dict[str, Any]],
    numbers: dict[str, int],
    count: int,
    labels: dict[str, str],
    dark: bool,
) -> list[dict[str, Any]]:
    """Where each arc is widest: its direction, its number, and what it tells when hovered."""
    traces = []
    for is_return, colour in ((True, style.RETURN_COLOUR), (False, style.dropped(dark))):
        side = [arc for arc in arcs if arc["is_return"] is is_return]
        heads = [_head(arc, numbers, count) for arc in side]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [x for x, _, _ in heads],
                "y": [y for _, y, _ in heads],
                "marker": {
                    "symbol": [f"triangle-{way}" for _, _, way in heads],
                    "size": 9,
                    "color": colour,
                    "opacity": [rows.FADED if arc["customers"] < rows.FEW else 1 for arc in side],
                },
                "customdata": [
                    json.dumps([arc["from_node"], arc["to_node"], is_return]) for arc in side
                ],
                "hovertext": [_told(arc, labels) for arc in side],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    return traces


def _head(arc: dict[str, Any], numbers: dict[str, int], count: int) -> tuple[float, float, str]:
    """Where the triangle of an arc stands, and whether it points up or down."""
    first, last, depth = _shape(arc, numbers, count)
    side = -1 if arc["is_return"] else 1
    return (
        round(side * (_GAP + depth * math.sin(_HEAD)), 4),
        round((first + last) / 2 + (first - last) / 2 * math.cos(_HEAD), 4),
        "down" if last > first else "up",
    )


def _numbers(
    arcs: list[dict[str, Any]], numbers: dict[str, int], count: int, dark: bool
) -> list[dict[str, Any]]:
    """The moves of the largest arcs of each side, written beside their triangles."""
    notes = []
    for is_return, anchor, shift in ((True, "right", -7), (False, "left", 7)):
        for arc in [arc for arc in arcs if arc["is_return"] is is_return][:_NAMED]:
            x, y, _ = _head(arc, numbers, count)
            notes.append(
                {
                    "text": f"{arc['moves']:,}",
                    "x": x,
                    "xref": "x",
                    "xanchor": anchor,
                    "xshift": shift,
                    "y": y,
                    "yref": "y",
                    "showarrow": False,
                    "bgcolor": style.paper(dark),
                    "opacity": 0.85,
                    "borderpad": 0,
                    "font": {"size": 11, "color": style.ink(dark)},
                }
            )
    return notes


def _told(arc: dict[str, Any], labels: dict[str, str]) -> str:
    kind = "back or again" if arc["is_return"] else "not seen before"
    told = (
        f"<b>{labels[arc['from_node']]} → {labels[arc['to_node']]}</b> ({kind})"
        f"<br>{arc['moves']:,} of {arc['transitions']:,} such moves, by"
        f" {arc['customers']:,} customers"
    )
    if arc["share_out"] is not None:
        told += (
            f"<br>{style.share_text(arc['share_out'])} of the settled visits to"
            f" {labels[arc['from_node']]} go there"
        )
    if arc["wait_p50_seconds"] is not None:
        told += f"<br>median wait {style.time_text(arc['wait_p50_seconds'])}"
    return told


def _dots(places: list[dict[str, Any]], labels: dict[str, str]) -> dict[str, Any]:
    most = max(row["visits"] for row in places)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [0] * len(places),
        "y": list(range(len(places))),
        "marker": {
            "size": [round(6 + 14 * math.sqrt(row["visits"] / most), 2) for row in places],
            "color": rows.colours_of([row["channel"] for row in places]),
            "opacity": [rows.FADED if row["customers"] < rows.FEW else 1 for row in places],
        },
        "customdata": [json.dumps([row["node"]]) for row in places],
        "hovertext": [
            f"<b>{labels[row['node']]}</b><br>{row['visits']:,} visits in {row['journeys']:,}"
            f" journeys of {row['customers']:,} customers"
            for row in places
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
