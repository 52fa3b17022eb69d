"""Slow touchpoints -> how long people wait after each, and how many hours that adds up to."""

import json
import math
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style
from journeylab.figures.places import NODES

COLUMNS: Final = {
    "face",
    "touchpoint",
    "label",
    "channel",
    "waits_for",
    "total",
    "n",
    "customers",
    "is_insufficient",
}
NODE_COLUMNS: Final = {"part", "node", "wait_p50_seconds", "wait_p90_seconds"}

#: Groups by whose turn it is, in the order drawn.
GROUPS: Final = {
    "us": "Waiting for us",
    "customer": "Waiting for the customer",
    None: "Whose turn it is, is not set",
}


def bottlenecks(
    table: pl.DataFrame,
    nodes: pl.DataFrame,
    *,
    title: str = "Where people wait",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw how long the wait after each touchpoint is, most hours waited first.

    A dot is the median wait until the next step, as large as the root of the visits; the line
    leads to a tick at the 90th percentile. Time is on a logarithmic axis. At the right stand
    the hours waited after it in total, which order the rows. What waits for us and what waits
    for the customer stand apart.

    Args:
        table: ``bottlenecks``; its face ``slow`` is drawn.
        nodes: ``graph_nodes``, for the median and the 90th percentile, which are over all
            visits after which a step followed.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Dots carry ``customdata``: JSON text of [touchpoint]. Rows
        of fewer than 30 customers are faded. Without waits, a figure that says so.

    Raises:
        ValueError: a table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.bottlenecks()")
    rows.need(nodes, NODE_COLUMNS, NODES)
    waits = {
        row["node"]: (row["wait_p50_seconds"], row["wait_p90_seconds"])
        for row in nodes.to_dicts()
        if row["part"] == "before" and row["wait_p50_seconds"] is not None
    }
    slow = [r for r in table.to_dicts() if r["face"] == "slow" and r["touchpoint"] in waits]
    if not slow:
        return rows.nothing(title, "Nobody moved on after a touchpoint: no waits to show.", dark)
    lines, headings = _grouped(slow)
    found = [(number, row) for number, row in enumerate(lines) if row is not None]
    layout = style.frame(
        title=title,
        sentences=[
            "Wait from leaving a touchpoint to the next step, before the goal."
            " Dot: half wait so long; larger is more waits. Tick: one in ten waits longer.",
            f"Rows are sorted by the hours of all {sum(row['n'] for _, row in found):,} waits of"
            " settled journeys; dots and ticks are over all journeys."
            + rows.faded_text(row["is_insufficient"] for _, row in found),
        ],
        legend=style.channel_legend([row["channel"] for _, row in found]),
        room=rows.ROW * len(lines),
        dark=dark,
    )
    layout["annotations"] += [
        *(rows.group_heading(text, row, dark) for row, text in headings),
        rows.heading("Wait", 0, dark),
        rows.right_heading("In total", dark),
    ]
    seconds = [at for _, row in found for at in waits[row["touchpoint"]]]
    layout["xaxis"] = rows.panel(0, 1, dark, **style.time_axis(seconds))
    layout["yaxis"] = {
        **rows.row_axis([_label(row, dark) for row in lines], dark),
        "tickvals": [number for number, _ in found],
        "ticktext": [_label(row, dark) for _, row in found],
    }
    layout["yaxis2"] = {
        **rows.right_axis([], dark),
        "range": layout["yaxis"]["range"],
        "tickvals": [number for number, _ in found],
        "ticktext": [f"{row['total']:,.0f} h" for _, row in found],
    }
    return {"data": [*_spans(found, waits), _dots(found, waits), rows.ghost("x")], "layout": layout}


def _grouped(
    slow: list[dict[str, Any]],
) -> tuple[list[dict[str, Any] | None], list[tuple[int, str]]]:
    """Rows with a free one before each group, and the headings in those."""
    lines: list[dict[str, Any] | None] = []
    headings = []
    for waits_for, text in GROUPS.items():
        group = [row for row in slow if row["waits_for"] == waits_for]
        if group:
            headings.append((len(lines), text))
            lines.append(None)
            group.sort(key=lambda row: (-row["total"], row["touchpoint"]))
            lines += group
    return lines, headings


def _label(row: dict[str, Any] | None, dark: bool) -> str:
    return "" if row is None else rows.label(row["label"], f"{row['n']:,} waits", dark=dark)


def _spans(
    found: list[tuple[int, dict[str, Any]]], waits: dict[str, tuple[float, float]]
) -> list[dict[str, Any]]:
    """Lines from the median to the 90th percentile, with a tick at its end."""
    traces = []
    for few in (False, True):
        x: list[float | None] = []
        y: list[float | None] = []
        for number, row in found:
            if row["is_insufficient"] is few:
                low, high = (max(at, 1.0) for at in waits[row["touchpoint"]])
                x += [low, high, None, high, high, None]
                y += [number, number, None, number - 0.2, number + 0.2, None]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": x,
                "y": y,
                "line": {"width": 2.5, "color": style.ONWARD_COLOUR},
                "opacity": rows.FADED if few else 0.8,
                "hoverinfo": "skip",
            }
        )
    return traces


def _dots(
    found: list[tuple[int, dict[str, Any]]], waits: dict[str, tuple[float, float]]
) -> dict[str, Any]:
    most = max(row["n"] for _, row in found)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [max(waits[row["touchpoint"]][0], 1.0) for _, row in found],
        "y": [number for number, _ in found],
        "marker": {
            "size": [round(8 + 16 * math.sqrt(row["n"] / most), 2) for _, row in found],
            "color": rows.colours_of([row["channel"] for _, row in found]),
            "opacity": [rows.FADED if row["is_insufficient"] else 1 for _, row in found],
            "line": {"width": 0},
        },
        "customdata": [json.dumps([row["touchpoint"]]) for _, row in found],
        "hovertext": [
            f"<b>{style.escaped(row['label'])}</b>"
            f"<br>half wait {style.time_text(waits[row['touchpoint']][0])} or more,"
            f" a tenth {style.time_text(waits[row['touchpoint']][1])} or more"
            f"<br>{row['total']:,.0f} hours after {row['n']:,} visits of"
            f" {row['customers']:,} customers"
            for _, row in found
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
