"""Where dropped and converted journeys had been -> two dots a touchpoint, and their difference."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "touchpoint",
    "label",
    "dropped_visitors",
    "dropped_journeys",
    "dropped_share",
    "dropped_low",
    "dropped_high",
    "converted_visitors",
    "converted_journeys",
    "converted_share",
    "converted_low",
    "converted_high",
    "associated_difference",
    "difference_low",
    "difference_high",
    "is_insufficient",
}


def visits_by_outcome(
    table: pl.DataFrame,
    *,
    title: str = "Where dropped journeys had been",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the share of dropped and of converted journeys that ever visited each touchpoint.

    At the right stands the difference in percentage points with its interval: it is associated
    with dropping, not the cause of it.

    Args:
        table: ``visits_by_outcome``.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Dots carry ``customdata``: JSON text of [touchpoint]. Rows
        stand by the difference, those that dropped journeys visit more first; those of fewer
        than 30 customers are faded. Without journeys of both kinds, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.visits_by_outcome()")
    found = sorted(
        (row for row in table.to_dicts() if row["associated_difference"] is not None),
        key=lambda row: (-row["associated_difference"], row["touchpoint"]),
    )
    if not found:
        return rows.nothing(title, "No dropped and converted journeys to compare.", dark)
    kinds = (("dropped", style.dropped(dark)), ("converted", style.CONVERTED_COLOUR))
    layout = style.frame(
        title=title,
        sentences=[
            f"Share of {found[0]['dropped_journeys']:,} dropped and of"
            f" {found[0]['converted_journeys']:,} converted settled journeys that ever visited"
            " each touchpoint before the goal.",
            "At the right: the difference in percentage points with its 95% interval, associated,"
            " not caused." + rows.faded_text(row["is_insufficient"] for row in found),
        ],
        legend=[(kinds[0][1], "●", "dropped journeys"), (kinds[1][1], "◆", "converted journeys")],
        room=rows.ROW * len(found),
        dark=dark,
    )
    layout["annotations"] += [
        rows.heading("Visited it", 0, dark),
        rows.right_heading("Points apart", dark),
    ]
    layout["xaxis"] = rows.panel(
        0, 1, dark, range=[-0.02, 1.02], tickformat=".0%", nticks=5, tickangle=0
    )
    layout["yaxis"] = rows.row_axis([rows.label(row["label"]) for row in found], dark)
    layout["yaxis2"] = rows.right_axis([_difference(row) for row in found], dark)
    return {
        "data": [*_spans(found), *(_dots(found, *kind) for kind in kinds), rows.ghost("x")],
        "layout": layout,
    }


def _difference(row: dict[str, Any]) -> str:
    low, high = row["difference_low"], row["difference_high"]
    told = _points(row["associated_difference"])
    return told if low is None else f"{told} ({_points(low)} to {_points(high)})"


def _points(share: float) -> str:
    """Whole percentage points with their sign; nought has none."""
    return f"{points:+d}" if (points := round(100 * share)) else "0"


def _spans(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines between the two dots of a row."""
    traces = []
    for few in (False, True):
        x: list[float | None] = []
        y: list[float | None] = []
        for number, row in enumerate(found):
            if row["is_insufficient"] is few:
                x += [row["dropped_share"], row["converted_share"], None]
                y += [number, number, None]
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


def _dots(found: list[dict[str, Any]], kind: str, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{kind} journeys",
        "x": [row[f"{kind}_share"] for row in found],
        "y": list(range(len(found))),
        "marker": {
            "size": 11,
            "color": colour,
            "symbol": "circle" if kind == "dropped" else "diamond",
            "opacity": [rows.FADED if row["is_insufficient"] else 1 for row in found],
        },
        "customdata": [json.dumps([row["touchpoint"]]) for row in found],
        "hovertext": [
            f"<b>{style.escaped(row['label'])}</b><br>"
            + rows.interval_text(row[f"{kind}_share"], row[f"{kind}_low"], row[f"{kind}_high"])
            + f" of {row[f'{kind}_journeys']:,} {kind} journeys visited it"
            for row in found
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
