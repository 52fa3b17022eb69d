"""Deliveries -> how fresh each source is, and which rows could not be used and why."""

import json
from datetime import datetime
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style
from journeylab.figures.measured import Dot, measured

FRESHNESS_COLUMNS: Final = {
    "source",
    "channel",
    "is_required",
    "events",
    "first_event_at",
    "last_event_at",
}
REJECTED_COLUMNS: Final = {
    "source",
    "reason_code",
    "rejected_rows",
    "files",
    "example_file",
    "example_row_number",
}


def freshness(
    table: pl.DataFrame,
    as_of: datetime,
    *,
    title: str = "How old the newest event of each source is",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw for each source the time from its newest event to the instant the data is judged at.

    Args:
        table: ``data_health``.
        as_of: ``as_of_at`` of ``snapshot_info``, UTC.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict, the oldest first. Dots carry ``customdata``: JSON text of
        [source]. Without events, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, FRESHNESS_COLUMNS, "Lab.table('data_health')")
    ages = [
        (max((as_of - row["last_event_at"]).total_seconds(), 1.0), row)
        for row in table.to_dicts()
        if row["last_event_at"] is not None
    ]
    if not ages:
        return rows.nothing(title, "No source has delivered an event yet.", dark)
    ages.sort(key=lambda told: (-told[0], told[1]["source"]))
    colours = rows.colours_of([row["channel"] for _, row in ages])
    dots = [
        Dot(
            key=[row["source"]],
            text=row["source"],
            note=f"{row['events']:,} events",
            right=style.time_text(age),
            told=f"newest event {row['last_event_at']:%-d %b %Y, %H:%M} UTC"
            f"<br>oldest event {row['first_event_at']:%-d %b %Y}"
            + ("" if row["is_required"] else "<br>the horizon does not wait for it"),
            value=age,
            low=None,
            high=None,
            colour=colour,
        )
        for (age, row), colour in zip(ages, colours, strict=True)
    ]
    layout = style.frame(
        title=title,
        sentences=[
            f"{len(dots)} sources, {sum(row['events'] for _, row in ages):,} events, judged as of"
            f" {as_of:%-d %b %Y, %H:%M} UTC. Older is further right."
        ],
        legend=style.channel_legend([row["channel"] for _, row in ages]),
        room=rows.ROW * len(dots) + 12,
        dark=dark,
    )
    axis = style.time_axis([dot.value for dot in dots])
    return measured(dots, layout, axis=axis, dark=dark)


def rejected(
    table: pl.DataFrame, *, title: str = "Rows that could not be used", dark: bool = False
) -> dict[str, Any]:
    """Draw how many delivered rows could not become events, by source and reason.

    Args:
        table: ``rejected_summary``.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict, most rows first. Bars carry ``customdata``: JSON text of
        [source, reason_code]. Without such rows, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, REJECTED_COLUMNS, "Lab.table('rejected_summary')")
    found = sorted(
        table.to_dicts(), key=lambda row: (-row["rejected_rows"], row["source"], row["reason_code"])
    )
    if not found:
        return rows.nothing(title, "Every delivered row could be used.", dark)
    total = sum(row["rejected_rows"] for row in found)
    layout = style.frame(
        title=title,
        sentences=[
            f"{total:,} rows for {len(found)} reasons. They are kept apart with their reason and"
            " no figure counts them."
        ],
        room=rows.ROW * len(found),
        dark=dark,
    )
    most = max(row["rejected_rows"] for row in found)
    layout["xaxis"] = rows.panel(0, 1, dark, range=[0, most * 1.15], nticks=5, tickformat=",d")
    layout["yaxis"] = {
        **rows.row_axis(
            [rows.label(_words(r), style.escaped(r["source"]), dark=dark) for r in found], dark
        ),
        "showgrid": False,
    }
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [row["rejected_rows"] for row in found],
        "y": list(range(len(found))),
        "width": 0.5,
        "marker": {"color": style.RETURN_COLOUR, "opacity": 0.85},
        "text": [f"{row['rejected_rows']:,}" for row in found],
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": [json.dumps([row["source"], row["reason_code"]]) for row in found],
        "hovertext": [
            f"<b>{style.escaped(_words(row))}</b>, {style.escaped(row['source'])}"
            f"<br>{row['rejected_rows']:,} rows in {row['files']:,} files"
            f"<br>first: {style.escaped(row['example_file'] or 'unknown')},"
            f" row {row['example_row_number']}"
            for row in found
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return {"data": [bars], "layout": layout}


def _words(row: dict[str, Any]) -> str:
    return str(row["reason_code"]).replace("_", " ")
