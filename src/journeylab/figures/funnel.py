"""Steps of ``Lab.funnel`` -> bars of how many get so far, with rate, interval and time."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "level",
    "step",
    "step_name",
    "is_optional",
    "entered",
    "customers",
    "dropped",
    "conversion_rate",
    "conversion_rate_low",
    "conversion_rate_high",
    "overall_rate",
    "overall_rate_low",
    "overall_rate_high",
    "time_to_next_p50_seconds",
    "removed",
    "is_insufficient",
}

UNKNOWN: Final = "(not known)"

_BAR: Final = 20  # pixels
_ROW: Final = 26  # pixels between the bars of two steps

_NARROWEST: Final = 560  # pixels

_Row = dict[str, Any]


def funnel(
    table: pl.DataFrame,
    *,
    title: str = "How far people get",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw which share of those who entered a funnel took each of its steps.

    A bar is the share that took the step, with its 95% interval; beside it the number and
    how many went on. With a breakdown each step has a bar for every level.

    Args:
        table: as ``Lab.funnel`` returns it.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [level, step]. Bars
        of fewer than 30 customers are faded. Without rows, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "what Lab.funnel gives")
    if table.is_empty():
        return rows.nothing(title, "Nobody entered the funnel.", dark)
    levels = table["level"].unique(maintain_order=True).to_list()
    found = table.sort("step", maintain_order=True).to_dicts()
    steps = sorted({row["step"] for row in found})
    colours = _colours(levels)
    layout = style.frame(
        title=title,
        sentences=_sentences(found, steps[-1]),
        legend=_legend(found, levels, colours),
        room=len(steps) * (_ROW + _BAR * len(levels)),
        dark=dark,
    )
    layout["meta"]["min_width"] = _NARROWEST
    layout["annotations"] += [
        rows.heading("Share of those who entered", 0, dark),
        rows.right_heading("Go on", dark),
    ]
    layout["bargap"] = 0
    layout["xaxis"] = rows.panel(0, 1, dark, range=[0, 1.02], tickformat=".0%", nticks=6)
    layout["xaxis"]["tickangle"] = 0
    first = [row for row in found if row["level"] == levels[0]]
    layout["yaxis"] = rows.row_axis([_label(row, levels, dark) for row in first], dark)
    marks = [_place(row, levels) for row in found]
    layout["yaxis2"] = {
        **rows.right_axis([_onward(row) for row in found], dark),
        "tickvals": marks,
        "range": layout["yaxis"]["range"],
    }
    bars = [
        _bar([row for row in found if row["level"] == level], levels, colours[level], dark)
        for level in levels
    ]
    return {"data": [*bars, rows.ghost("x")], "layout": layout}


def _colours(levels: list[str | None]) -> dict[str | None, str]:
    known = [level for level in levels if level is not None]
    if not known:
        return {None: style.CONVERTED_COLOUR}
    colours: dict[str | None, str] = {None: style.MERGED_COLOUR, "(other)": style.ONWARD_COLOUR}
    if set(known) <= set(style.CHANNEL_COLOURS):
        return colours | {level: style.CHANNEL_COLOURS[level] for level in known}
    palette = [*style.CHANNEL_COLOURS.values(), *style.MORE_COLOURS]
    named = [level for level in known if level != "(other)"]
    return colours | {level: palette[place % len(palette)] for place, level in enumerate(named)}


def _legend(
    found: list[_Row], levels: list[str | None], colours: dict[str | None, str]
) -> list[tuple[str, str, str]]:
    """Colour and name of each level, with how many entered at it."""
    if levels == [None]:
        return []
    entered = {row["level"]: row["entered"] for row in found if row["step"] == 1}
    return [(colours[x], "■", f"{_name(x)} {entered.get(x, 0):,}") for x in levels]


def _name(level: str | None) -> str:
    return UNKNOWN if level is None else style.shortened(level)


def _sentences(found: list[_Row], last: int) -> list[str]:
    entered = sum(row["entered"] for row in found if row["step"] == 1)
    through = sum(row["entered"] for row in found if row["step"] == last)
    removed = sum(row["removed"] for row in found if row["step"] == 1)
    told = f"{entered:,} entered, {through:,} took the last step."
    if entered:
        told = (
            f"{entered:,} entered, {through:,} ({style.share_text(through / entered)}) took the"
            " last step."
        )
    if removed:
        told += f" {removed:,} more are left out by an exclusion."
    return [
        told,
        "At the right: share of those at a step that took a later one, with its 95% interval."
        + rows.faded_text(row["is_insufficient"] for row in found),
    ]


def _label(row: _Row, levels: list[str | None], dark: bool) -> str:
    notes = ["may be left out"] if row["is_optional"] else []
    if levels == [None]:
        notes = [f"{row['entered']:,}", *notes]
        if row["time_to_next_p50_seconds"] is not None:
            time = style.time_text(row["time_to_next_p50_seconds"])
            notes.append(f"median {time} to the next")
    return rows.label(f"{row['step']} {row['step_name']}", " · ".join(notes), dark=dark)


def _place(row: _Row, levels: list[str | None]) -> float:
    """Where a bar stands: its step, and beside it the levels one below the other."""
    height = 1 / (len(levels) + _ROW / _BAR)
    middle = (len(levels) - 1) / 2
    return float(row["step"] - 1 + (levels.index(row["level"]) - middle) * height)


def _onward(row: _Row) -> str:
    if row["conversion_rate"] is None:
        return ""
    return rows.interval_text(
        row["conversion_rate"], row["conversion_rate_low"], row["conversion_rate_high"]
    )


def _bar(found: list[_Row], levels: list[str | None], colour: str, dark: bool) -> dict[str, Any]:
    rates = [row["overall_rate"] or 0.0 for row in found]
    return {
        "type": "bar",
        "orientation": "h",
        "name": style.escaped(_name(found[0]["level"])),
        "x": rates,
        "y": [_place(row, levels) for row in found],
        "width": 1 / (len(levels) + _ROW / _BAR),
        "marker": {
            "color": colour,
            "opacity": [rows.FADED if row["is_insufficient"] else 1 for row in found],
        },
        "error_x": {
            **rows.whiskers(
                rates,
                [row["overall_rate_low"] or 0.0 for row in found],
                [row["overall_rate_high"] or 0.0 for row in found],
            ),
            "color": style.muted(dark),
            "thickness": 1,
        },
        "customdata": [json.dumps([row["level"], row["step"]]) for row in found],
        "hovertext": [_hover(row) for row in found],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _hover(row: _Row) -> str:
    level = "" if row["level"] is None else f"{style.escaped(row['level'])}: "
    lines = [
        f"<b>{level}{row['step']} {style.escaped(row['step_name'])}</b>",
        f"{row['entered']:,} took it ({row['customers']:,} customers), "
        + rows.interval_text(row["overall_rate"], row["overall_rate_low"], row["overall_rate_high"])
        + " of those who entered",
    ]
    if row["dropped"] is not None:
        lines.append(f"{row['dropped']:,} went no further")
    if row["time_to_next_p50_seconds"] is not None:
        lines.append(
            f"median {style.time_text(row['time_to_next_p50_seconds'])} to the step taken next"
        )
    return "<br>".join(lines)
