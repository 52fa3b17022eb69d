"""Steps of one journey -> a line that goes down as it advances and up as it turns back."""

import json
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "customer_id",
    "journey_id",
    "step_number",
    "part",
    "touchpoint",
    "channel",
    "is_return",
    "wait_seconds",
    "entered_at",
    "left_at",
}
AXES: Final = ("step", "time")
LONG_WAIT: Final = 600  # seconds; longer waits are written

_ROOM: Final = 44  # pixels a row
_STEP: Final = 46  # pixels
_LABELS: Final = 150  # pixels
_SYMBOLS: Final = {"web": "circle", "email": "square", "chat": "diamond", "purchase": "star"}
_SIGNS: Final = {"web": "●", "email": "■", "chat": "◆", "purchase": "★"}


def journey(
    steps: pl.DataFrame,
    *,
    touchpoints: pl.DataFrame | None = None,
    x: str = "step",
    title: str = "One journey",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw one journey step by step: where it turned back, and where it waited.

    A marker is a step, its form and colour the channel. The line into a touchpoint that the
    journey had seen before is orange. Waits over 10 minutes are written beside it. A dotted
    line leads from the goal into what came after it.

    Args:
        steps: rows of ``steps`` of one journey.
        touchpoints: as ``Lab.touchpoints`` returns it, for plain names and the order of the
            rows. Without it names stand as they are, in the order they were first seen.
        x: ``step`` spaces steps evenly, ``time`` by the clock (UTC).
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Markers carry ``customdata``: JSON text of
        [journey_id, step_number]. ``layout.meta.min_width`` says how many pixels it needs.
        Without steps, a figure that says so.

    Raises:
        ValueError: the table lacks a column or holds several journeys, or there is no such x.
    """
    rows.need(steps, COLUMNS, "rows of Lab.table('steps')")
    if x not in AXES:
        raise ValueError(f"no axis {x!r}; choose one of {', '.join(AXES)}")
    if steps.is_empty():
        return rows.nothing(title, "No steps to show.", dark)
    if steps["journey_id"].n_unique() > 1:
        raise ValueError(
            f"the table holds {steps['journey_id'].n_unique()} journeys; filter it to one"
        )
    walked = steps.sort("step_number").to_dicts()
    order, labels = _order(walked, touchpoints)
    numbers = {name: number for number, name in enumerate(order)}
    layout = style.frame(
        title=title,
        sentences=[_sentence(walked), "Waits over 10 minutes are written beside the line."],
        legend=[
            *_channels(walked),
            (style.RETURN_COLOUR, "▬", "back or again"),
            (style.ONWARD_COLOUR, "▬", "onward"),
        ],
        room=max(_ROOM * len(order), 160),
        dark=dark,
        bottom=52,
    )
    layout["annotations"] += _waits(walked, numbers, x, dark)
    layout["xaxis"] = _axis(walked, x, dark)
    layout["yaxis"] = rows.row_axis([rows.label(labels[name]) for name in order], dark)
    if x == "step":
        layout["meta"]["min_width"] = _LABELS + _STEP * len(walked)
    return {
        "data": [*_lines(walked, numbers, x), *_markers(walked, numbers, labels, x)],
        "layout": layout,
    }


def _order(
    walked: list[dict[str, Any]], touchpoints: pl.DataFrame | None
) -> tuple[list[str], dict[str, str]]:
    """Touchpoints of the journey from above, and how each is written."""
    seen = list(dict.fromkeys(row["touchpoint"] for row in walked))
    told = {} if touchpoints is None else {r["touchpoint"]: r for r in touchpoints.to_dicts()}
    order = [name for name in told if name in seen] + [name for name in seen if name not in told]
    return order, {name: told.get(name, {}).get("label") or name for name in seen}


def _sentence(walked: list[dict[str, Any]]) -> str:
    returns = sum(bool(row["is_return"]) for row in walked)
    spent = (walked[-1]["left_at"] - walked[0]["entered_at"]).total_seconds()
    return (
        f"{len(walked):,} steps in {style.time_text(spent)}, from"
        f" {walked[0]['entered_at']:%d %b %Y, %H:%M} UTC. {returns:,} of them"
        f" {'goes' if returns == 1 else 'go'} back to a touchpoint seen before."
    )


def _channels(walked: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    found = style.channel_legend([row["channel"] for row in walked])
    return [(colour, _SIGNS.get(name, "▲"), name) for colour, _, name in found]


def _at(row: dict[str, Any], x: str) -> int | str:
    entered: datetime = row["entered_at"]
    return int(row["step_number"]) if x == "step" else entered.isoformat()


def _axis(walked: list[dict[str, Any]], x: str, dark: bool) -> dict[str, Any]:
    if x == "time":
        return rows.panel(
            0, 1, dark, type="date", title={"text": "time, UTC", "font": {"size": 12}}
        )
    first, last = walked[0]["step_number"], walked[-1]["step_number"]
    return rows.panel(
        0,
        1,
        dark,
        range=[first - 0.6, last + 0.6],
        dtick=1 if len(walked) <= 40 else 5,
        tickangle=0,
        title={"text": "step", "font": {"size": 12}},
    )


def _lines(walked: list[dict[str, Any]], numbers: dict[str, int], x: str) -> list[dict[str, Any]]:
    """The moves: onward, back or again, and the one from the goal into what came after."""
    moves: dict[str, tuple[list[Any], list[Any]]] = {
        name: ([], []) for name in ("onward", "back", "after")
    }
    for left, right in pairwise(walked):
        kind = "back" if right["is_return"] else "onward"
        xs, ys = moves["after" if left["part"] != right["part"] else kind]
        xs += [_at(left, x), _at(right, x), None]
        ys += [numbers[left["touchpoint"]], numbers[right["touchpoint"]], None]
    looks = {
        "onward": {"color": style.ONWARD_COLOUR, "width": 2.5},
        "back": {"color": style.RETURN_COLOUR, "width": 3},
        "after": {"color": style.ONWARD_COLOUR, "width": 2, "dash": "dot"},
    }
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": xs,
            "y": ys,
            "line": looks[kind],
            "hoverinfo": "skip",
        }
        for kind, (xs, ys) in moves.items()
        if xs
    ]


def _markers(
    walked: list[dict[str, Any]], numbers: dict[str, int], labels: dict[str, str], x: str
) -> list[dict[str, Any]]:
    traces = []
    for colour, _, channel in style.channel_legend([row["channel"] for row in walked]):
        own = [row for row in walked if row["channel"] == channel]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": style.escaped(channel),
                "x": [_at(row, x) for row in own],
                "y": [numbers[row["touchpoint"]] for row in own],
                "marker": {
                    "symbol": _SYMBOLS.get(channel, "triangle-up"),
                    "size": 15 if channel == "purchase" else 12,
                    "color": colour,
                },
                "customdata": [json.dumps([row["journey_id"], row["step_number"]]) for row in own],
                "hovertext": [_told(row, labels) for row in own],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    return traces


def _told(row: dict[str, Any], labels: dict[str, str]) -> str:
    again = " (back or again)" if row["is_return"] else ""
    wait = row["wait_seconds"]
    waited = "" if wait is None else f"<br>after a wait of {style.time_text(wait)}"
    return (
        f"<b>{style.escaped(labels[row['touchpoint']])}</b>{again}, step {row['step_number']}"
        f"<br>{row['entered_at']:%d %b %Y, %H:%M:%S} UTC{waited}"
    )


def _waits(
    walked: list[dict[str, Any]], numbers: dict[str, int], x: str, dark: bool
) -> list[dict[str, Any]]:
    """Long waits, written where the line into the next step is half way."""
    notes = []
    for left, right in pairwise(walked):
        if (right["wait_seconds"] or 0) <= LONG_WAIT:
            continue
        middle: float | str
        if x == "step":
            middle = (left["step_number"] + right["step_number"]) / 2
        else:
            middle = (
                left["entered_at"] + (right["entered_at"] - left["entered_at"]) / 2
            ).isoformat()
        notes.append(
            {
                "text": style.time_text(right["wait_seconds"]),
                "x": middle,
                "xref": "x",
                "y": (numbers[left["touchpoint"]] + numbers[right["touchpoint"]]) / 2,
                "yref": "y",
                "showarrow": False,
                "bgcolor": style.paper(dark),
                "borderpad": 2,
                "font": {"size": 11, "color": style.ink(dark)},
            }
        )
    return notes
