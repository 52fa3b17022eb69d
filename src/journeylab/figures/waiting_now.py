"""Customers who wait for us -> one dot each on an axis of time, by where they wait."""

import json
import math
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "touchpoint",
    "label",
    "outcome",
    "waited_seconds",
    "value_at_stake",
    "value_currency",
}

#: Outcome of the journey so far -> what it is called, its colour, its sign.
KINDS: Final = {
    "open": ("may still buy", style.CHANNEL_COLOURS["web"], "circle", "●"),
    "converted": ("has bought", style.CONVERTED_COLOUR, "diamond", "◆"),
    "service": ("help alone", style.ONWARD_COLOUR, "square", "■"),
}
_LANES: Final = 5  # rows of dots within a row, so that few overlap


def waiting_now(
    table: pl.DataFrame,
    *,
    title: str = "Who waits for us right now",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw each customer who waits, by how long already and after which touchpoint.

    A dot is one customer; it is as large as the root of the value at stake. Time is on a
    logarithmic axis. At the right stands how many wait there.

    Args:
        table: ``waiting_now``.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Dots carry ``customdata``: JSON text of [touchpoint]. When
        nobody waits, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.waiting_now()")
    found = table.to_dicts()
    if not found:
        return rows.nothing(title, "Nobody waits for us.", dark)
    counts: dict[str, int] = {}
    labels = {}
    for row in found:
        counts[row["touchpoint"]] = counts.get(row["touchpoint"], 0) + 1
        labels[row["touchpoint"]] = row["label"]
    places = sorted(counts, key=lambda name: (-counts[name], name))
    longest = max(row["waited_seconds"] for row in found)
    kinds = [kind for kind in KINDS if any(row["outcome"] == kind for row in found)]
    layout = style.frame(
        title=title,
        sentences=[
            f"{len(found):,} customers wait, the longest for {style.time_text(longest)}. A dot is"
            " one customer; a larger dot has more value at stake.",
        ],
        legend=[(KINDS[kind][1], KINDS[kind][3], KINDS[kind][0]) for kind in kinds],
        room=56 * len(places),
        dark=dark,
    )
    layout["annotations"] += [rows.heading("Waited so far", 0, dark)]
    seconds = [max(row["waited_seconds"], 1.0) for row in found]
    layout["xaxis"] = rows.panel(0, 1, dark, **style.time_axis(seconds))
    layout["yaxis"] = rows.row_axis([rows.label(labels[name]) for name in places], dark)
    layout["yaxis2"] = rows.right_axis([f"{counts[name]:,} wait" for name in places], dark)
    most = max((row["value_at_stake"] or 0 for row in found), default=0)
    numbers = {name: number for number, name in enumerate(places)}
    return {
        "data": [*(_dots(found, kind, numbers, most) for kind in kinds), rows.ghost("x")],
        "layout": layout,
    }


def _dots(
    found: list[dict[str, Any]], kind: str, numbers: dict[str, int], most: float
) -> dict[str, Any]:
    """The customers of one kind, spread over lanes in their order."""
    own = [(place, row) for place, row in enumerate(found) if row["outcome"] == kind]
    name, colour, symbol, _ = KINDS[kind]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [max(row["waited_seconds"], 1.0) for _, row in own],
        "y": [
            numbers[row["touchpoint"]] + 0.13 * (place % _LANES - _LANES // 2) for place, row in own
        ],
        "marker": {
            "size": [round(8 + 10 * _part(row["value_at_stake"], most), 2) for _, row in own],
            "color": colour,
            "symbol": symbol,
            "opacity": 0.75,
            "line": {"width": 0},
        },
        "customdata": [json.dumps([row["touchpoint"]]) for _, row in own],
        "hovertext": [_told(row, name) for _, row in own],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _part(value: float | None, most: float) -> float:
    return math.sqrt(value / most) if value and most > 0 else 0.0


def _told(row: dict[str, Any], kind: str) -> str:
    stake = row["value_at_stake"]
    worth = (
        ""
        if stake is None
        else f"<br>{stake:,.0f} {style.escaped(row['value_currency'] or '')} at stake"
    )
    return (
        f"<b>{style.escaped(row['label'])}</b><br>waits for"
        f" {style.time_text(row['waited_seconds'])}, {kind}{worth}"
    )
