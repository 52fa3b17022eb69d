"""The paths most journeys took -> a row of squares each, one square a step."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "variant_number",
    "touchpoints",
    "steps",
    "journeys",
    "customers",
    "journey_share",
    "journeys_settled",
    "conversion_rate",
    "duration_p50_seconds",
}

_STEPS: Final = 16  # most steps drawn of a path
_COLUMN: Final = 78  # pixels a step
_ROOM: Final = 46  # pixels a row
_WORDS: Final = (11, 18)  # characters below a square, where paths are long and where short
_SHORT: Final = 7  # steps


def variants(
    table: pl.DataFrame,
    *,
    touchpoints: pl.DataFrame | None = None,
    top: int = 12,
    title: str = "The paths taken most",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the paths up to the goal that most journeys took, step by step.

    Each row is one path; a mark is a step in the colour of its channel, an orange rim says
    that the journey had been there before. At the right: how many of them convert.

    Args:
        table: ``variants``.
        touchpoints: as ``Lab.touchpoints`` returns it, for plain names and channels.
        top: most paths drawn.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Marks carry ``customdata``: JSON text of [touchpoints], the
        whole path. ``layout.meta.min_width`` says how many pixels it needs. Without journeys,
        a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.variants()")
    shown = table.sort("variant_number").head(top).to_dicts()
    if not shown:
        return rows.nothing(title, "No journeys to show.", dark)
    told = {} if touchpoints is None else {r["touchpoint"]: r for r in touchpoints.to_dicts()}
    every = int(table["journeys"].sum())
    carried = style.share_text(sum(row["journeys"] for row in shown) / every)
    marks = _marks(shown, told)
    layout = style.frame(
        title=title,
        sentences=[
            f"{every:,} journeys took {table.height:,} different paths up to the goal; the"
            f" {len(shown)} shown hold {carried} of the journeys.",
            "At the right: share of the settled ones that convert, and how many those are.",
        ],
        legend=[
            *style.channel_legend([mark["channel"] for mark in marks], "■"),
            (style.RETURN_COLOUR, "□", "back at a step seen before"),
        ],
        room=_ROOM * len(shown),
        dark=dark,
    )
    longest = min(max(row["steps"] for row in shown), _STEPS)
    layout["meta"]["min_width"] = 320 + _COLUMN * longest
    layout["annotations"] += [
        rows.heading("Steps", 0, dark),
        rows.right_heading("Convert", dark),
        *(_more(row, number, dark) for number, row in enumerate(shown) if row["steps"] > _STEPS),
    ]
    layout["xaxis"] = rows.panel(
        0, 1, dark, range=[0.4, longest + 0.8], showgrid=False, dtick=1, tick0=1
    )
    layout["yaxis"] = rows.row_axis([_label(row, dark) for row in shown], dark)
    layout["yaxis2"] = rows.right_axis([_rate(row, dark) for row in shown], dark)
    words = _WORDS[longest <= _SHORT]
    return {"data": [_squares(marks, words, dark), rows.ghost("x")], "layout": layout}


def _marks(shown: list[dict[str, Any]], told: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """One mark a step: where it stands, what it is, and whether the journey had been there."""
    return [
        {
            "x": step,
            "y": number,
            "key": json.dumps([list(row["touchpoints"])]),
            "label": told.get(name, {}).get("label") or name,
            "channel": told.get(name, {}).get("channel") or name.split(":", 1)[0],
            "is_return": name in row["touchpoints"][: step - 1],
            "row": row,
        }
        for number, row in enumerate(shown)
        for step, name in enumerate(row["touchpoints"][:_STEPS], start=1)
    ]


def _squares(marks: list[dict[str, Any]], words: int, dark: bool) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [mark["x"] for mark in marks],
        "y": [mark["y"] - 0.12 for mark in marks],
        "text": [style.escaped(style.shortened(mark["label"], words)) for mark in marks],
        "textposition": "bottom center",
        "textfont": {"size": 11, "color": style.muted(dark)},
        "cliponaxis": False,
        "marker": {
            "symbol": "square",
            "size": 15,
            "color": rows.colours_of([mark["channel"] for mark in marks]),
            "line": {
                "width": [3 if mark["is_return"] else 0 for mark in marks],
                "color": style.RETURN_COLOUR,
            },
        },
        "customdata": [mark["key"] for mark in marks],
        "hovertext": [
            f"<b>{style.escaped(mark['label'])}</b>, step {mark['x']} of {mark['row']['steps']}"
            + (", seen before" if mark["is_return"] else "")
            + f"<br>{mark['row']['journeys']:,} journeys of {mark['row']['customers']:,} customers"
            f"<br>half take {style.time_text(mark['row']['duration_p50_seconds'])} or more"
            for mark in marks
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _label(row: dict[str, Any], dark: bool) -> str:
    share = style.share_text(row["journey_share"])
    return rows.label(f"{row['journeys']:,} journeys", f"{share} of all", dark=dark)


def _rate(row: dict[str, Any], dark: bool) -> str:
    if row["conversion_rate"] is None:
        return "none settled"
    settled = rows.small(f"of {row['journeys_settled']:,}", dark)
    return f"{style.share_text(row['conversion_rate'])} {settled}"


def _more(row: dict[str, Any], number: int, dark: bool) -> dict[str, Any]:
    """How many steps a path has beyond those drawn."""
    return {
        "text": f"+{row['steps'] - _STEPS}",
        "x": _STEPS + 0.6,
        "xref": "x",
        "y": number - 0.12,
        "yref": "y",
        "showarrow": False,
        "font": {"size": 12, "color": style.muted(dark)},
    }
