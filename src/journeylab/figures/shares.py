"""Shares of single things -> bars: touchpoints before, after, first or last, spans of time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style
from journeylab.figures.grid import names_of

TOUCHPOINT_COLUMNS: Final = {"touchpoint", "journeys", "customers", "share"}
SPAN_COLUMNS: Final = {"from_seconds", "to_seconds", "share", "share_so_far"}
INSTEAD_COLUMNS: Final = {
    "level",
    "step",
    "step_name",
    "events_later",
    "touchpoint",
    "attempts",
    "share",
}

_MOST: Final = 20  # touchpoints drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bar:
    text: str
    share: float
    right: str
    told: str
    key: Sequence[Any]


def touchpoint_shares(
    table: pl.DataFrame,
    *,
    touchpoints: pl.DataFrame | None = None,
    title: str = "Which touchpoints",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the share of each touchpoint: next or previous ones, or where journeys start or end.

    Args:
        table: ``Lab.next_steps(…)``, ``Lab.previous_steps(…)``, ``Lab.start_touchpoints()`` or
            ``Lab.end_touchpoints()``.
        touchpoints: ``Lab.touchpoints()``: plain names.
        title: heading; say which of them it is.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [touchpoint]. At the
        right stands the conversion with its interval, or the median wait. The 20 largest are
        drawn. Without any, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, TOUCHPOINT_COLUMNS, "Lab.next_steps(…) or Lab.start_touchpoints()")
    found = table.head(_MOST).to_dicts()
    if not found:
        return rows.nothing(title, "There is no journey to show.", dark)
    names = names_of(touchpoints, [row["touchpoint"] for row in found])
    converts = "conversion_rate" in table.columns
    bars = [
        _Bar(
            text=names[row["touchpoint"]],
            share=row["share"],
            right=_conversion(row) if converts else _wait(row),
            told=f"{style.share_text(row['share'])}, {row['journeys']:,} journeys of"
            f" {row['customers']:,} customers",
            key=[row["touchpoint"]],
        )
        for row in found
    ]
    sentences = [
        f"Share of each, {len(found)} of {table.height} touchpoints;"
        f" {sum(row['share'] for row in found):.0%} of all are shown.",
        "At the right: settled journeys that convert, with the 95% interval."
        if converts
        else "At the right: the median wait between the two.",
    ]
    heading = "Converts" if converts else "Wait"
    return _drawn(bars, title, sentences, heading, dark)


def spans(
    table: pl.DataFrame,
    *,
    title: str = "How long it takes",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw how times are spread, and how many are done by then.

    Args:
        table: ``Lab.time_between_spans(…)`` or ``Lab.funnel_times(…)``; of several levels the
            first is drawn.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [from_seconds].
        Without a time, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, SPAN_COLUMNS, "Lab.time_between_spans(…)")
    count = "attempts" if "attempts" in table.columns else "times"
    rows.need(table, {count}, "Lab.time_between_spans(…)")
    if "level" in table.columns and not table.is_empty():
        first = table["level"][0]
        table = table.filter(pl.col("level").eq_missing(pl.lit(first, dtype=pl.String)))
    total = int(table[count].sum())
    if not total:
        return rows.nothing(title, "Nobody came from one to the other.", dark)
    found = table.to_dicts()
    last = max(place for place, row in enumerate(found) if row[count])
    bars = [
        _Bar(
            text=_span(row),
            share=row["share"],
            right=f"{style.share_text(row['share_so_far'])} by then",
            told=f"{row[count]:,} of {total:,} times, {style.share_text(row['share'])}",
            key=[row["from_seconds"]],
        )
        for row in found[: last + 1]
    ]
    told = [f"Share of {total:,} times in each span. At the right: those done by its end."]
    return _drawn(bars, title, told, "", dark)


def funnel_instead(
    table: pl.DataFrame,
    step: int | None = None,
    *,
    touchpoints: pl.DataFrame | None = None,
    title: str = "What they did instead",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw what came right after the last step of those who dropped out of a funnel.

    Args:
        table: ``Lab.funnel_instead(…)``; of several levels the first is drawn.
        step: the last step they took; None takes that of the most drops.
        touchpoints: ``Lab.touchpoints()``: plain names.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [step, touchpoint];
        the 20 largest are drawn. Where nobody dropped, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, INSTEAD_COLUMNS, "Lab.funnel_instead(…)")
    next_ones = [row for row in table.to_dicts() if row["events_later"] == 1]
    if not next_ones:
        return rows.nothing(title, "Nobody dropped out of this funnel.", dark)
    first = [row for row in next_ones if row["level"] == next_ones[0]["level"]]
    drops: dict[int, int] = {}
    for row in first:
        drops[row["step"]] = drops.get(row["step"], 0) + row["attempts"]
    wanted = min(drops, key=lambda number: (-drops[number], number)) if step is None else step
    found = [row for row in first if row["step"] == wanted][:_MOST]
    if not found:
        return rows.nothing(title, f"Nobody dropped out after step {wanted}.", dark)
    names = names_of(touchpoints, [row["touchpoint"] for row in found])
    bars = [
        _Bar(
            text="Nothing" if row["touchpoint"] == "(nothing)" else names[row["touchpoint"]],
            share=row["share"],
            right=f"{row['attempts']:,} attempts",
            told=f"{row['attempts']:,} attempts, {style.share_text(row['share'])} of those that"
            " dropped here",
            key=[wanted, row["touchpoint"]],
        )
        for row in found
    ]
    told = [
        f"The next event of {drops[wanted]:,} attempts whose last step was"
        f" {style.escaped(found[0]['step_name'])}, whatever the window."
    ]
    return _drawn(bars, title, told, "", dark)


def _drawn(
    bars: Sequence[_Bar], title: str, sentences: Sequence[str], heading: str, dark: bool
) -> dict[str, Any]:
    layout = style.frame(title=title, sentences=sentences, room=rows.ROW * len(bars), dark=dark)
    layout["annotations"].append(rows.heading("Share", 0, dark))
    if heading:
        layout["annotations"].append(rows.right_heading(heading, dark))
    most = max(bar.share for bar in bars)
    layout["xaxis"] = rows.panel(
        0, 1, dark, range=[0, most * 1.08 or 1], tickformat=".0%", nticks=5, tickangle=0
    )
    layout["yaxis"] = rows.row_axis([rows.label(bar.text) for bar in bars], dark)
    layout["yaxis2"] = rows.right_axis([bar.right for bar in bars], dark)
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": [bar.share for bar in bars],
        "y": list(range(len(bars))),
        "width": 0.6,
        "marker": {"color": style.CHANNEL_COLOURS["web"]},
        "customdata": [json.dumps(list(bar.key)) for bar in bars],
        "hovertext": [f"<b>{style.escaped(bar.text)}</b><br>{bar.told}" for bar in bars],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return {"data": [trace, rows.ghost("x")], "layout": layout}


def _conversion(row: dict[str, Any]) -> str:
    return rows.interval_text(
        row["conversion_rate"], row["conversion_rate_low"], row["conversion_rate_high"]
    )


def _wait(row: dict[str, Any]) -> str:
    wait = row.get("wait_p50_seconds")
    return "" if wait is None else style.time_text(wait)


def _span(row: dict[str, Any]) -> str:
    start = _round_time(row["from_seconds"])
    if row["to_seconds"] is None:
        return f"{start} and more"
    stop = _round_time(row["to_seconds"])
    return f"up to {stop}" if row["from_seconds"] == 0 else f"{start} to {stop}"


def _round_time(seconds: float) -> str:
    told = style.time_text(seconds).replace(".0 ", " ")
    return "1 day" if told == "1 days" else told
