"""Rows that count something and compare conversion with and without it. Shared, not public."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from journeylab.figures import rows, style

ROOM: Final = 50  # pixels a row
ASSOCIATED: Final = "Associated, not caused by it."

_BELOW: Final = 0.17  # rows from the middle down to the bar
_LABEL: Final = 34  # characters


@dataclass(frozen=True, slots=True)
class Item:
    """One row: what is counted, and how journeys with it fared beside those without."""

    key: list[Any]
    text: str
    count: int
    told: str  # when hovered, escaped already
    rate_with: float | None
    rate_without: float | None
    difference: float | None
    low: float | None
    high: float | None
    is_insufficient: bool


def compared(
    items: Sequence[Item],
    layout: dict[str, Any],
    *,
    counted: str,
    dark: bool,
) -> dict[str, Any]:
    """Fill a layout of ``ROOM`` pixels a row with bars at the left and differences at the right.

    Args:
        items: at least one, in the order drawn.
        layout: as ``style.frame`` makes it; it is extended.
        counted: what the bars count.
        dark: whether it stands on a dark page.
    """
    layout["annotations"] += [
        rows.heading(counted, 0, dark),
        rows.heading("Conversion with / without", 1, dark, align="right"),
        *(_label(item, number, dark) for number, item in enumerate(items)),
        *(_rates(item, number, dark) for number, item in enumerate(items)),
    ]
    most = max(item.count for item in items)
    layout["xaxis"] = rows.panel(0, 0.52, dark, range=[0, most * 1.25], nticks=4)
    layout["xaxis2"] = {
        **rows.panel(0.52, 1, dark, nticks=4, range=_reach(items), tickangle=0),
        "ticksuffix": " points",
        "showticksuffix": "first",
        "zeroline": True,
        "zerolinecolor": style.ONWARD_COLOUR,
    }
    bare = {
        **rows.row_axis([""] * len(items), dark),
        "showgrid": False,
        "automargin": False,
    }
    layout["yaxis"] = bare
    layout["yaxis2"] = {**bare, "overlaying": "y", "side": "right", "anchor": "x2"}
    return {"data": [_bars(items), *_differences(items)], "layout": layout}


def _label(item: Item, number: int, dark: bool) -> dict[str, Any]:
    """Its name, over its bar."""
    return {
        "text": style.escaped(style.shortened(item.text, _LABEL)),
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": number - 0.47,
        "yref": "y",
        "yanchor": "top",
        "showarrow": False,
        "font": {"size": 12, "color": style.ink(dark)},
    }


def _rates(item: Item, number: int, dark: bool) -> dict[str, Any]:
    """The two conversion rates, over their difference."""
    rates = (item.rate_with, item.rate_without)
    return {
        **_label(item, number, dark),
        "text": " / ".join(_rate(rate) for rate in rates),
        "x": 1,
        "xanchor": "right",
        "bgcolor": style.paper(dark),
        "font": {"size": 12, "color": style.muted(dark)},
    }


def _rate(rate: float | None) -> str:
    return "unknown" if rate is None else style.share_text(rate)


def _reach(items: Sequence[Item]) -> list[float]:
    """The axis of differences: whole intervals of those of enough customers, all points."""
    known = [item for item in items if item.difference is not None]
    sure = [item for item in known if not item.is_insufficient] or known
    ends = [100 * (end or 0) for item in sure for end in (item.low, item.high)]
    points = [100 * (item.difference or 0) for item in known]
    return [min([-5.0, *ends, *points]) * 1.1, max([5.0, *ends, *points]) * 1.1]


def _bars(items: Sequence[Item]) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [item.count for item in items],
        "y": [number + _BELOW for number in range(len(items))],
        "width": 0.4,
        "marker": {
            "color": style.RETURN_COLOUR,
            "opacity": [rows.FADED if item.is_insufficient else 0.85 for item in items],
        },
        "text": [f"{item.count:,}" for item in items],
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": [json.dumps(item.key) for item in items],
        "hovertext": [f"<b>{style.escaped(item.text)}</b><br>{item.told}" for item in items],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _differences(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Differences with their intervals; those of few customers in a trace of their own."""
    traces = []
    for few in (False, True):
        own = [
            (number + _BELOW, item, item.difference)
            for number, item in enumerate(items)
            if item.is_insufficient is few and item.difference is not None
        ]
        values = [100 * difference for *_, difference in own]
        lows = [100 * (difference if i.low is None else i.low) for _, i, difference in own]
        highs = [100 * (difference if i.high is None else i.high) for _, i, difference in own]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "xaxis": "x2",
                "yaxis": "y2",
                "x": values,
                "y": [y for y, *_ in own],
                "error_x": rows.whiskers(values, lows, highs),
                "opacity": rows.FADED if few else 1,
                "marker": {"size": 9, "color": style.CHANNEL_COLOURS["web"]},
                "customdata": [json.dumps(item.key) for _, item, _ in own],
                "hovertext": [
                    f"{_rate(item.rate_with)} convert with it, {_rate(item.rate_without)} without"
                    f"<br>{value:+.1f} percentage points ({low:+.0f} to {high:+.0f}), associated"
                    for value, low, high, (_, item, _) in zip(values, lows, highs, own, strict=True)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    return traces
