"""Rows of a figure with its interval, as dots with whiskers. Shared, not public."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from journeylab.figures import rows, style


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One row.

    Attributes:
        key: what a click tells.
        text: its name, plain.
        note: small print below it, escaped already.
        right: words at the right, escaped already.
        told: when hovered, below its name; escaped already.
        value: where the dot stands.
        low: where its whisker begins; None for none.
        high: where it ends.
        colour: of the dot.
        is_insufficient: whether it is faded.
    """

    key: Sequence[Any]
    text: str
    note: str
    right: str
    told: str
    value: float
    low: float | None
    high: float | None
    colour: str
    is_insufficient: bool = False


def measured(
    dots: Sequence[Dot], layout: dict[str, Any], *, axis: dict[str, Any], dark: bool
) -> dict[str, Any]:
    """Fill a layout of ``rows.ROW`` pixels a row with dots, names at the left, words at the right.

    Args:
        dots: at least one, in the order drawn.
        layout: as ``style.frame`` makes it; it is extended.
        axis: options of the horizontal axis, its range among them.
        dark: whether it stands on a dark page.
    """
    layout["xaxis"] = rows.panel(0, 1, dark, **({"nticks": 5, "tickangle": 0} | axis))
    layout["yaxis"] = rows.row_axis([rows.label(d.text, d.note, dark=dark) for d in dots], dark)
    layout["yaxis2"] = rows.right_axis([dot.right for dot in dots], dark)
    traces = [_trace(dots, few=few) for few in (False, True)]
    return {"data": [*traces, rows.ghost("x")], "layout": layout}


def reach(dots: Sequence[Dot], *, least: float = 0.0, most: float = 0.0) -> list[float]:
    """The axis: all points and the whiskers of those of enough customers, with some room."""
    sure = [dot for dot in dots if not dot.is_insufficient] or list(dots)
    ends = [end for dot in sure for end in (dot.low, dot.high) if end is not None]
    points = [*ends, *(dot.value for dot in dots), least, most]
    room = (max(points) - min(points)) * 0.06 or 0.5
    return [min(points) - room, max(points) + room]


def _trace(dots: Sequence[Dot], *, few: bool) -> dict[str, Any]:
    own = [(place, dot) for place, dot in enumerate(dots) if dot.is_insufficient is few]
    values = [dot.value for _, dot in own]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": [place for place, _ in own],
        "error_x": rows.whiskers(
            values,
            [dot.value if dot.low is None else dot.low for _, dot in own],
            [dot.value if dot.high is None else dot.high for _, dot in own],
        ),
        "opacity": rows.FADED if few else 1,
        "marker": {"size": 10, "color": [dot.colour for _, dot in own]},
        "customdata": [json.dumps(list(dot.key)) for _, dot in own],
        "hovertext": [f"<b>{style.escaped(dot.text)}</b><br>{dot.told}" for _, dot in own],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
