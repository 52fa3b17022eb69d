"""Loops people walk -> how often, and how journeys with each fared beside those without."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "loop",
    "touchpoints",
    "entered_touchpoint",
    "occurrences",
    "journeys",
    "customers",
    "seconds_p50",
    "conversion_rate_with",
    "conversion_rate_without",
    "associated_difference",
    "difference_low",
    "difference_high",
    "is_insufficient",
}

_ROOM: Final = 50  # pixels a row
_BELOW: Final = 0.17  # rows from the middle down to the bar


def loops(
    table: pl.DataFrame,
    *,
    touchpoints: pl.DataFrame | None = None,
    top: int = 12,
    title: str = "Where people go round in circles",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the loops walked most often, and the conversion associated with each.

    The bar counts how often the loop was walked before the goal. The dot is the conversion
    rate of journeys that walked it less that of journeys that passed by where it is entered
    and did not, in percentage points with its interval: associated with the loop, not caused
    by it.

    Args:
        table: ``loops``.
        touchpoints: as ``Lab.touchpoints`` returns it, for plain names.
        top: most loops drawn.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [loop]. Rows of
        fewer than 30 customers are faded. Without loops, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.loops()")
    found = sorted(table.to_dicts(), key=lambda row: (-row["occurrences"], row["loop"]))
    shown = found[:top]
    if not shown:
        return rows.nothing(title, "Nobody went round a loop.", dark)
    labels = (
        {}
        if touchpoints is None
        else dict(zip(touchpoints["touchpoint"], touchpoints["label"], strict=True))
    )
    every = sum(row["occurrences"] for row in found)
    carried = style.share_text(sum(row["occurrences"] for row in shown) / every)
    few = any(row["is_insufficient"] for row in shown)
    layout = style.frame(
        title=title,
        sentences=[
            f"{every:,} walks round {len(found):,} loops before the goal; the {len(shown)} shown"
            f" hold {carried} of them.",
            "Dots: conversion with the loop less without it, in percentage points with its 95%"
            " interval, among settled journeys that came by."
            " Associated with the loop, not caused by it."
            + (" Faded: fewer than 30 customers." if few else ""),
        ],
        room=_ROOM * len(shown),
        dark=dark,
    )
    layout["annotations"] += [
        rows.heading("Times walked", 0, dark),
        rows.heading("Conversion with / without", 1, dark, align="right"),
        *(_label(row, number, labels, dark) for number, row in enumerate(shown)),
        *(_rates(row, number, dark) for number, row in enumerate(shown)),
    ]
    most = shown[0]["occurrences"]
    layout["xaxis"] = rows.panel(0, 0.52, dark, range=[0, most * 1.25], nticks=4)
    layout["xaxis2"] = rows.panel(
        0.52, 1, dark, ticksuffix=" pp", nticks=4, range=_reach(shown), tickangle=0
    )
    layout["xaxis2"] |= {"zeroline": True, "zerolinecolor": style.ONWARD_COLOUR}
    bare = {**rows.row_axis([""] * len(shown), dark), "showgrid": False, "automargin": False}
    layout["yaxis"] = bare
    layout["yaxis2"] = {**bare, "overlaying": "y", "side": "right", "anchor": "x2"}
    return {"data": [_bars(shown, labels), *_differences(shown)], "layout": layout}


def _label(
    row: dict[str, Any], number: int, labels: dict[str, str], dark: bool
) -> dict[str, Any]:
    """The loop in words, over its bar."""
    return {
        "text": style.escaped(style.shortened(_path(row, labels), 42)),
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": number - 0.47,
        "yref": "y",
        "yanchor": "top",
        "showarrow": False,
        "font": {"size": 12, "color": style.ink(dark)},
    }


def _rates(row: dict[str, Any], number: int, dark: bool) -> dict[str, Any]:
    """The two conversion rates, over their difference."""
    told = [
        "unknown" if row[f"conversion_rate_{side}"] is None
        else style.share_text(row[f"conversion_rate_{side}"])
        for side in ("with", "without")
    ]
    return {
        **_label(row, number, {}, dark),
        "text": " / ".join(told),
        "x": 1,
        "xanchor": "right",
        "font": {"size": 12, "color": style.muted(dark)},
    }


def _path(row: dict[str, Any], labels: dict[str, str]) -> str:
    """Touchpoints from where the loop is entered, back to it."""
    names = list(row["touchpoints"])
    if row["entered_touchpoint"] in names:
        first = names.index(row["entered_touchpoint"])
        names = names[first:] + names[:first]
    told = [labels.get(name) or name for name in names]
    return " ⇄ ".join(told) if len(told) == 2 else " → ".join([*told, "…"])


def _reach(shown: list[dict[str, Any]]) -> list[float]:
    known = [row for row in shown if row["associated_difference"] is not None]
    sure = [row for row in known if not row["is_insufficient"]] or known
    ends = [100 * (row[f"difference_{side}"] or 0) for row in sure for side in ("low", "high")]
    points = [100 * row["associated_difference"] for row in known]
    return [min([-5.0, *ends, *points]) * 1.1, max([5.0, *ends, *points]) * 1.1]


def _bars(shown: list[dict[str, Any]], labels: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [row["occurrences"] for row in shown],
        "y": [number + _BELOW for number in range(len(shown))],
        "width": 0.4,
        "marker": {
            "color": style.RETURN_COLOUR,
            "opacity": [rows.FADED if row["is_insufficient"] else 0.85 for row in shown],
        },
        "text": [f"{row['occurrences']:,}" for row in shown],
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": [json.dumps([row["loop"]]) for row in shown],
        "hovertext": [
            f"<b>{style.escaped(_path(row, labels))}</b>"
            f"<br>{row['occurrences']:,} times in {row['journeys']:,} journeys of"
            f" {row['customers']:,} customers"
            f"<br>half take {style.time_text(row['seconds_p50'])} or more"
            for row in shown
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _differences(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Differences with their intervals; those of few customers in a trace of their own."""
    traces = []
    for few in (False, True):
        own = [
            (y + _BELOW, row)
            for y, row in enumerate(shown)
            if row["is_insufficient"] is few and row["associated_difference"] is not None
        ]
        values, lows, highs = (
            [100 * (row["associated_difference"] if row[name] is None else row[name]) for _, row in own]
            for name in ("associated_difference", "difference_low", "difference_high")
        )
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "xaxis": "x2",
                "yaxis": "y2",
                "x": values,
                "y": [y for y, _ in own],
                "error_x": rows.whiskers(values, lows, highs),
                "opacity": rows.FADED if few else 1,
                "marker": {"size": 9, "color": style.CHANNEL_COLOURS["web"]},
                "customdata": [json.dumps([row["loop"]]) for _, row in own],
                "hovertext": [
                    f"{_both(row)}<br>{value:+.1f} pp ({low:+.0f} to {high:+.0f}), associated"
                    for value, low, high, (_, row) in zip(values, lows, highs, own, strict=True)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    return traces


def _both(row: dict[str, Any]) -> str:
    return (
        f"{style.share_text(row['conversion_rate_with'])} convert with the loop,"
        f" {style.share_text(row['conversion_rate_without'])} without"
    )
