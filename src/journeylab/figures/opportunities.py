"""Opportunities -> a ranked list with what is associated with each, in its own unit."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "rank",
    "face",
    "touchpoints",
    "label",
    "sentence",
    "effort",
    "customers",
    "unit",
    "excess",
    "excess_low",
    "excess_high",
    "conversions",
    "value",
    "currency",
}

_ROOM: Final = 62  # pixels a row
_LEAST_WIDTH: Final = 480  # pixels: the small print is long
#: Faces of a finding as people say them.
FACES: Final = {
    "slow": "people wait",
    "leaky": "people leave",
    "churny": "people come back",
    "loop": "people go round",
    "late answer": "late answers",
}
#: What an excess counts, as people say it.
UNITS: Final = {
    "delay hours": "hours of waiting",
    "wasted steps": "steps back or again",
}
_COLOURS: Final = {
    "slow": style.CHANNEL_COLOURS["web"],
    "leaky": style.DROPPED_COLOUR,
    "churny": style.RETURN_COLOUR,
    "loop": "#E69F00",
    "late answer": style.CHANNEL_COLOURS["chat"],
}


def opportunities(
    table: pl.DataFrame,
    *,
    top: int = 10,
    title: str = "What to mend first",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the ranked opportunities, and the conversions associated with each.

    A bar is the conversions associated with the excess; where a finding gives none, its row
    says in its own unit how large it is. Rows do not add up.

    Args:
        table: ``opportunities``.
        top: most rows drawn.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of
        [face, touchpoint, …]; hovering tells the finding in a sentence. Without findings, a
        figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.table('opportunities')")
    found = sorted(table.to_dicts(), key=lambda row: row["rank"])
    shown = found[:top]
    if not shown:
        return rows.nothing(title, "Nothing stands out beyond chance.", dark)
    faces = [face for face in FACES if any(row["face"] == face for row in shown)]
    layout = style.frame(
        title=title,
        sentences=[
            f"{len(shown)} of {len(found)} findings of 30 customers or more that survive many"
            " comparisons, by value for the effort.",
            "Bars: conversions associated with it, not caused by it; they do not add up. Small"
            " print: how much more than comparable places, with a 95% interval.",
        ],
        legend=[(_colour(face, dark), "■", FACES[face]) for face in faces],
        room=_ROOM * len(shown),
        dark=dark,
    )
    layout["annotations"] += [
        rows.heading("Conversions associated", 0, dark),
        rows.heading("Value", 1, dark, align="right"),
        *(note for number, row in enumerate(shown) for note in _notes(row, number, dark)),
    ]
    layout["meta"]["min_width"] = _LEAST_WIDTH
    most = max([row["conversions"] or 0 for row in shown] + [1])
    layout["xaxis"] = rows.panel(0, 1, dark, range=[0, most * 1.35], nticks=6)
    layout["yaxis"] = {
        **rows.row_axis([""] * len(shown), dark),
        "showgrid": False,
        "automargin": False,
    }
    return {"data": [_bars(shown, dark)], "layout": layout}


def _notes(row: dict[str, Any], number: int, dark: bool) -> list[dict[str, Any]]:
    """The name over the bar with small print below it, and the value at the right."""
    name = style.escaped(style.shortened(f"{row['rank']}. {row['label']}", 40))
    unit = style.escaped(UNITS.get(row["unit"], row["unit"]))
    size = f"{row['excess']:,.0f} more {unit}{_between(row)}"
    face = FACES.get(row["face"], row["face"])
    print_ = rows.small(f"{face}: {size}, {row['effort']} effort", dark)
    left = {
        "text": f"<b>{name}</b><br>{print_}",
        "align": "left",
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": number - 0.48,
        "yref": "y",
        "yanchor": "top",
        "showarrow": False,
        "font": {"size": 13, "color": style.ink(dark)},
    }
    if row["value"] is None:
        return [left]
    value = f"{row['value']:,.0f} {style.escaped(row['currency'] or '')}".strip()
    return [left, {**left, "text": value, "x": 1, "xanchor": "right", "align": "right"}]


def _between(row: dict[str, Any]) -> str:
    if row["excess_low"] is None or row["excess_high"] is None:
        return ""
    return f" ({row['excess_low']:z,.0f} to {row['excess_high']:z,.0f})"


def _colour(face: str, dark: bool) -> str:
    return style.dropped(dark) if face == "leaky" else _COLOURS.get(face, style.ONWARD_COLOUR)


def _bars(shown: list[dict[str, Any]], dark: bool) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [row["conversions"] or 0 for row in shown],
        "y": [number + 0.28 for number in range(len(shown))],
        "width": 0.28,
        "marker": {"color": [_colour(row["face"], dark) for row in shown]},
        "text": [
            "conversions not known" if row["conversions"] is None else f"{row['conversions']:,.0f}"
            for row in shown
        ],
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": [json.dumps([row["face"], *row["touchpoints"]]) for row in shown],
        "hovertext": [
            "<br>".join(style.escaped(line) for line in style.lines(row["sentence"], 70))
            + f"<br>{row['customers']:,} customers"
            for row in shown
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
