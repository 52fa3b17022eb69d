"""Curves of conversion by time -> lines with bands, and when half of the converting have."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "level",
    "seconds",
    "converted_share",
    "converted_share_low",
    "converted_share_high",
    "at_risk",
    "is_insufficient",
}
SUMMARY_COLUMNS: Final = {
    "level",
    "journeys",
    "customers",
    "time_to_convert_p50_seconds",
    "log_rank_p_value",
}

_COLOURS: Final = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#882255")
_BAND: Final = 0.18  # opacity


def time_to_convert(
    curves: pl.DataFrame,
    table: pl.DataFrame,
    *,
    title: str = "How soon journeys convert",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the share of the journeys of each group that have converted after each time.

    Args:
        curves: of ``Lab.conversion_curves``.
        table: of ``Lab.time_to_convert``, asked the same.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict: a line with its 95% band for each of the six largest
        groups, over a logarithmic axis of time; dotted where fewer than 30 journeys are still
        watched. Lines carry ``customdata``: JSON text of [level]. Without journeys, a figure
        that says so.

    Raises:
        ValueError: a table lacks a column.
    """
    rows.need(curves, COLUMNS, "Lab.conversion_curves()")
    rows.need(table, SUMMARY_COLUMNS, "Lab.time_to_convert()")
    found = table.to_dicts()[: len(_COLOURS)]
    if not found or curves.is_empty():
        return rows.nothing(title, "No journey that can be watched from its start.", dark)
    drawn = {row["level"]: curves.filter(level=row["level"]) for row in found}
    seconds = [at for curve in drawn.values() for at in curve["seconds"] if at > 0] or [1.0]
    top = (
        max(
            row[end] or 0.0
            for curve in drawn.values()
            for row in curve.filter(~pl.col("is_insufficient")).iter_rows(named=True)
            for end in ("converted_share", "converted_share_high")
        )
        if any((~curve["is_insufficient"]).any() for curve in drawn.values())
        else 1.0
    )
    colours = dict(zip(drawn, _COLOURS, strict=False))
    layout = style.frame(
        title=title,
        sentences=[_population(table), _medians(found, len(table))],
        legend=[(colours[row["level"]], "▬", _name(row)) for row in found],
        room=320,
        dark=dark,
    )
    layout["xaxis"] = rows.panel(0, 1, dark, **style.time_axis(seconds))
    layout["yaxis"] = {
        "range": [0, min(1.0, max(top * 1.1, 0.01))],
        "tickformat": ".0%",
        "gridcolor": style.grid(dark),
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
        "nticks": 6,
    }
    traces = []
    for level, curve in drawn.items():
        traces += _band(curve, colours[level])
        traces += [_line(level, curve, colours[level], sure=sure) for sure in (True, False)]
    return {"data": traces, "layout": layout}


def _name(row: dict[str, Any]) -> str:
    return f"{style.shortened(row['level'])} ({row['journeys']:,})"


def _population(table: pl.DataFrame) -> str:
    told = (
        f"{int(table['journeys'].sum()):,} journeys, open ones for as long as they were watched;"
        " giving up competes with converting. Band: 95% interval; dotted: fewer than 30 watched."
    )
    p_value = table["log_rank_p_value"][0]
    if p_value is None:
        return told
    return told + f" Log-rank test of all groups: p {_p_text(p_value)}."


def _p_text(p_value: float) -> str:
    return "< 0.001" if p_value < 0.001 else f"= {p_value:.3f}"


def _medians(found: list[dict[str, Any]], groups: int) -> str:
    parts = [
        f"{style.escaped(row['level'])} {style.time_text(row['time_to_convert_p50_seconds'])}"
        for row in found
        if row["time_to_convert_p50_seconds"] is not None
    ]
    left = f" {groups - len(found):,} smaller groups are not drawn." if groups > len(found) else ""
    if not parts:
        return "Too few journeys to say when half of those who convert have." + left
    return "Half of those who convert have within: " + ", ".join(parts) + "." + left


def _band(curve: pl.DataFrame, colour: str) -> list[dict[str, Any]]:
    known = curve.filter(~pl.col("is_insufficient")).drop_nulls("converted_share_low")
    x = [max(at, 1.0) for at in known["seconds"]]
    shared = {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "line": {"width": 0, "shape": "hv", "color": colour},
        "hoverinfo": "skip",
    }
    return [
        {**shared, "y": known["converted_share_low"].to_list()},
        {
            **shared,
            "y": known["converted_share_high"].to_list(),
            "fill": "tonexty",
            "fillcolor": style.faded(colour, _BAND),
        },
    ]


def _line(level: str, curve: pl.DataFrame, colour: str, *, sure: bool) -> dict[str, Any]:
    own = curve.filter(pl.col("is_insufficient") != sure)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": style.escaped(level),
        "x": [max(at, 1.0) for at in own["seconds"]],
        "y": own["converted_share"].to_list(),
        "line": {"width": 2, "color": colour, "shape": "hv", "dash": "solid" if sure else "dot"},
        "customdata": [json.dumps([level])] * own.height,
        "hovertext": [
            f"<b>{style.escaped(level)}</b><br>"
            + rows.interval_text(
                row["converted_share"], row["converted_share_low"], row["converted_share_high"]
            )
            + f" within {style.time_text(row['seconds'])}<br>{row['at_risk']:,} still watched"
            for row in own.iter_rows(named=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
