"""Stays -> what ends the visits to each touchpoint, and for one of them how soon."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "touchpoint",
    "label",
    "visits",
    "customers",
    "open_share",
    "stay_p50_seconds",
    "is_insufficient",
}
CURVE_COLUMNS: Final = {"touchpoint", "cause", "seconds", "share", "staying_share", "at_risk"}

#: Causes in the order stacked: what they are called, and their colour.
CAUSES: Final = {
    "goal": ("goal", style.CONVERTED_COLOUR),
    "advance": ("on to a later stage", "#0072B2"),
    "stay": ("within the stage", "#56B4E9"),
    "lateral": ("to a place without a stage", "#C9D3DE"),
    "back": ("back to an earlier stage", style.RETURN_COLOUR),
    "loss": ("loss", "#882255"),
    "leave": ("left for good", style.DROPPED_COLOUR),
}
_OPEN: Final = ("open", "not known yet", "#E3E7EC")


def stays(
    table: pl.DataFrame,
    *,
    title: str = "What ends a visit",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw for each touchpoint the shares of what people do next, or that they leave.

    Visits still open count for as long as they were watched, so that slow touchpoints are not
    flattered by who has left already.

    Args:
        table: ``stays``.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of
        [touchpoint, cause]. Rows of fewer than 30 customers are faded. Without visits, a
        figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS | {f"{cause}_share" for cause in CAUSES}, "Lab.table('stays')")
    found = sorted(table.to_dicts(), key=lambda row: (-row["leave_share"], row["touchpoint"]))
    if not found:
        return rows.nothing(title, "No visits before the goal to show.", dark)
    parts = [
        part
        for part in (*((name, *look) for name, look in CAUSES.items()), _OPEN)
        if any(row[f"{part[0]}_share"] >= 0.005 for row in found)
    ]
    layout = style.frame(
        title=title,
        sentences=[
            f"{sum(row['visits'] for row in found):,} visits before the goal, open journeys"
            " included for as long as they were watched.",
            "Sorted by the share that leaves for good. At the right: time by which half of the"
            " visits have ended." + rows.faded_text(row["is_insufficient"] for row in found),
        ],
        legend=[(colour, "■", text) for _, text, colour in parts],
        room=rows.ROW * len(found),
        dark=dark,
    )
    layout["barmode"] = "stack"
    layout["xaxis"] = rows.panel(0, 1, dark, tickformat=".0%", range=[0, 1], nticks=5, tickangle=0)
    layout["annotations"].append(rows.right_heading("Half in", dark))
    layout["yaxis"] = rows.row_axis(
        [rows.label(row["label"], f"{row['visits']:,} visits", dark=dark) for row in found], dark
    )
    layout["yaxis2"] = rows.right_axis(
        [style.time_text(row["stay_p50_seconds"]) for row in found], dark
    )
    return {
        "data": [*(_bar(found, *part) for part in parts), rows.ghost("x")],
        "layout": layout,
    }


def _bar(found: list[dict[str, Any]], cause: str, text: str, colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": text,
        "x": [row[f"{cause}_share"] for row in found],
        "y": list(range(len(found))),
        "width": 0.6,
        "marker": {
            "color": colour,
            "opacity": [rows.FADED if row["is_insufficient"] else 1 for row in found],
        },
        "customdata": [json.dumps([row["touchpoint"], cause]) for row in found],
        "hovertext": [
            f"<b>{style.escaped(row['label'])}</b><br>{text}:"
            f" {style.share_text(row[f'{cause}_share'])} of {row['visits']:,} visits"
            f" of {row['customers']:,} customers"
            for row in found
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def stay_curves(
    table: pl.DataFrame,
    touchpoint: str,
    *,
    touchpoints: pl.DataFrame | None = None,
    title: str | None = None,
    dark: bool = False,
) -> dict[str, Any]:
    """Draw how soon visits to one touchpoint end, and what ends them.

    Args:
        table: ``stay_curves``.
        touchpoint: which one.
        touchpoints: as ``Lab.touchpoints`` returns it, for its plain name.
        title: heading; None names the touchpoint.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict: shares stacked over a logarithmic axis of time; what is left
        above them are visits that last. Areas carry ``customdata``: JSON text of
        [touchpoint, cause]. Without such visits, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, CURVE_COLUMNS, "Lab.table('stay_curves')")
    labels = {} if touchpoints is None else dict(touchpoints["touchpoint", "label"].iter_rows())
    name = labels.get(touchpoint) or touchpoint
    heading = title or f"What ends a visit: {name}"
    found = table.filter(pl.col("touchpoint") == touchpoint).sort("cause", "seconds")
    curves = {
        cause: found.filter(pl.col("cause") == cause) for cause in CAUSES if cause in found["cause"]
    }
    if not curves:
        return rows.nothing(heading, "No visits there before the goal.", dark)
    watched = max(found["at_risk"].to_list())
    layout = style.frame(
        title=heading,
        sentences=[
            f"Share of visits ended by each cause, by the time since the visit. {watched:,} visits"
            " were watched; what is left above are visits that still last.",
        ],
        legend=[(CAUSES[cause][1], "■", CAUSES[cause][0]) for cause in curves],
        room=300,
        dark=dark,
    )
    layout["xaxis"] = rows.panel(0, 1, dark, **style.time_axis(found["seconds"].to_list()))
    layout["yaxis"] = {
        "range": [0, 1],
        "tickformat": ".0%",
        "gridcolor": style.grid(dark),
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
    }
    return {
        "data": [_area(curve, cause, touchpoint) for cause, curve in curves.items()],
        "layout": layout,
    }


def _area(curve: pl.DataFrame, cause: str, touchpoint: str) -> dict[str, Any]:
    text, colour = CAUSES[cause]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": text,
        "stackgroup": "causes",
        "x": [max(at, 1.0) for at in curve["seconds"]],
        "y": curve["share"].to_list(),
        "line": {"width": 0.5, "color": colour, "shape": "hv"},
        "fillcolor": style.faded(colour, 0.85),
        "customdata": [json.dumps([touchpoint, cause])] * curve.height,
        "hovertext": [
            f"{text}: {style.share_text(share)} within {style.time_text(seconds)}"
            for seconds, share in curve["seconds", "share"].iter_rows()
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
