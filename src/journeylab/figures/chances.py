"""Chances to convert -> one dot a touchpoint, with its interval and the overall rate."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "node",
    "label",
    "channel",
    "visits_settled",
    "customers",
    "p_convert",
    "p_convert_low",
    "p_convert_high",
    "is_insufficient",
}

_START: Final = "(start)"


def chances(
    table: pl.DataFrame,
    *,
    title: str = "How likely a journey is to convert from here",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the chance that a journey standing at a touchpoint converts, highest first.

    The dotted line is the conversion rate of all settled journeys. A chance belongs to the
    place, as journeys go today: it does not say that sending people there converts them.

    Args:
        table: ``chances``. Goals, whose chance is 1, are left out.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Dots carry ``customdata``: JSON text of [touchpoint]. Rows
        of fewer than 30 customers are faded. Without settled journeys, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.table('chances')")
    every = [row for row in table.to_dicts() if row["p_convert"] is not None]
    start = next((row for row in every if row["node"] == _START), None)
    found = [row for row in every if row["node"] != _START and row["p_convert"] < 1]
    found.sort(key=lambda row: (-row["p_convert"], row["node"]))
    if not found:
        return rows.nothing(title, "No settled journey before the goal to show.", dark)
    overall = (
        f"{start['visits_settled']:,} settled journeys, of which"
        f" {style.share_text(start['p_convert'])} convert (dotted line). "
        if start
        else ""
    )
    layout = style.frame(
        title=title,
        sentences=[
            f"{overall}Dot: chance to convert from there, with its 95% interval.",
            "It tells where journeys stand, not what sending people there would do."
            + rows.faded_text(row["is_insufficient"] for row in found),
        ],
        legend=style.channel_legend([row["channel"] for row in found]),
        room=rows.ROW * len(found),
        dark=dark,
    )
    highs = [row["p_convert_high"] or row["p_convert"] for row in found]
    lows = [row["p_convert_low"] or row["p_convert"] for row in found]
    spread = [*lows, *highs, *([start["p_convert"]] if start else [])]
    reach = [max(0.0, min(spread) - 0.05), min(1.0, max(spread) + 0.05)]
    layout["xaxis"] = rows.panel(0, 1, dark, tickformat=".0%", nticks=4, tickangle=0, range=reach)
    layout["yaxis"] = rows.row_axis(
        [rows.label(r["label"], f"{r['visits_settled']:,} visits", dark=dark) for r in found], dark
    )
    layout["yaxis2"] = rows.right_axis(
        [
            rows.interval_text(r["p_convert"], r["p_convert_low"], r["p_convert_high"])
            for r in found
        ],
        dark,
    )
    if start:
        layout["shapes"] = [
            {
                "type": "line",
                "x0": start["p_convert"],
                "x1": start["p_convert"],
                "xref": "x",
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": style.muted(dark), "dash": "dot", "width": 1.5},
            }
        ]
    return {"data": [*_dots(found), rows.ghost("x")], "layout": layout}


def _dots(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Chances with their intervals; those of few customers in a trace of their own, faded."""
    traces = []
    for few in (False, True):
        own = [(y, row) for y, row in enumerate(found) if row["is_insufficient"] is few]
        values = [row["p_convert"] for _, row in own]
        lows, highs = (
            [row["p_convert"] if row[name] is None else row[name] for _, row in own]
            for name in ("p_convert_low", "p_convert_high")
        )
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": values,
                "y": [y for y, _ in own],
                "error_x": rows.whiskers(values, lows, highs),
                "opacity": rows.FADED if few else 1,
                "marker": {"size": 10, "color": rows.colours_of([r["channel"] for _, r in own])},
                "customdata": [json.dumps([row["node"]]) for _, row in own],
                "hovertext": [
                    f"<b>{style.escaped(row['label'])}</b><br>"
                    + rows.interval_text(value, row["p_convert_low"], row["p_convert_high"])
                    + " convert from there"
                    f"<br>{row['visits_settled']:,} settled visits of"
                    f" {row['customers']:,} customers"
                    for (_, row), value in zip(own, values, strict=True)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    return traces
