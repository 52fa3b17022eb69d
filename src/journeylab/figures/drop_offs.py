"""Where dropped journeys ended -> bars, with the rate per visit and its interval beside."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "touchpoint",
    "label",
    "channel",
    "exits",
    "visits_settled",
    "exit_rate",
    "exit_rate_low",
    "exit_rate_high",
    "customers",
    "is_insufficient",
}
ORDERS: Final = ("exits", "rate")


def drop_offs(
    table: pl.DataFrame,
    *,
    by: str = "exits",
    title: str = "Where people give up",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw how many journeys ended at each touchpoint, and how large a risk a visit there is.

    Args:
        table: ``drop_offs``.
        by: order of the rows: ``exits`` or ``rate``; by rate those of fewer than 30
            customers come last.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [touchpoint].
        Touchpoints where no journey ended are left out, rows of fewer than 30 customers
        faded. Without exits, a figure that says so.

    Raises:
        ValueError: the table lacks a column, or there is no such order.
    """
    rows.need(table, COLUMNS, "Lab.drop_offs()")
    if by not in ORDERS:
        raise ValueError(f"no order {by!r}; choose one of {', '.join(ORDERS)}")
    found = [row for row in table.to_dicts() if row["exits"] > 0]
    if not found:
        return rows.nothing(title, "No settled journey ended without a goal.", dark)
    if by == "exits":
        found.sort(key=lambda row: (-row["exits"], row["touchpoint"]))
    else:
        found.sort(key=lambda r: (r["is_insufficient"], -r["exit_rate"], r["touchpoint"]))
    exits = sum(row["exits"] for row in found)
    layout = style.frame(
        title=title,
        sentences=[
            f"Last touchpoint of {exits:,} settled journeys that ended without a goal.",
            "The rate is per visit, with its 95% interval: a page seen five times has five chances"
            " to be the last." + rows.faded_text(row["is_insufficient"] for row in found),
        ],
        legend=style.channel_legend([row["channel"] for row in found], "■"),
        room=rows.ROW * len(found),
        dark=dark,
    )
    layout["annotations"] += [
        rows.heading("Exits", 0, dark),
        rows.right_heading("Exit rate", dark),
    ]
    most = max(row["exits"] for row in found)
    layout["xaxis"] = rows.panel(0, 0.62, dark, range=[0, most * 1.35], nticks=3, tickangle=0)
    sure = [row["exit_rate_high"] for row in found if not row["is_insufficient"]]
    highest = max(sure + [row["exit_rate"] for row in found])
    layout["xaxis2"] = rows.panel(
        0.62, 1, dark, range=[0, min(1.02, highest * 1.08)], tickformat=".0%", nticks=3, tickangle=0
    )
    layout["yaxis"] = rows.row_axis(
        [rows.label(r["label"], f"{r['visits_settled']:,} visits", dark=dark) for r in found], dark
    )
    layout["yaxis2"] = rows.right_axis(
        [
            rows.interval_text(r["exit_rate"], r["exit_rate_low"], r["exit_rate_high"])
            for r in found
        ],
        dark,
    )
    return {"data": [_bars(found, exits), *_rates(found)], "layout": layout}


def _bars(found: list[dict[str, Any]], exits: int) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [row["exits"] for row in found],
        "y": list(range(len(found))),
        "width": 0.55,
        "marker": {
            "color": rows.colours_of([row["channel"] for row in found]),
            "opacity": [rows.FADED if row["is_insufficient"] else 1 for row in found],
        },
        "text": [f"{row['exits']:,}" for row in found],
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": [json.dumps([row["touchpoint"]]) for row in found],
        "hovertext": [_told(row, exits) for row in found],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _rates(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rates with their intervals; those of few customers in a trace of their own, faded."""
    traces = []
    for few in (False, True):
        own = [(y, row) for y, row in enumerate(found) if row["is_insufficient"] is few]
        rates = [row["exit_rate"] for _, row in own]
        lows = [row["exit_rate_low"] for _, row in own]
        highs = [row["exit_rate_high"] for _, row in own]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "xaxis": "x2",
                "yaxis": "y2",
                "x": rates,
                "y": [y for y, _ in own],
                "error_x": rows.whiskers(rates, lows, highs),
                "opacity": rows.FADED if few else 1,
                "marker": {"size": 9, "color": rows.colours_of([r["channel"] for _, r in own])},
                "customdata": [json.dumps([row["touchpoint"]]) for _, row in own],
                "hovertext": [
                    f"<b>{style.escaped(row['label'])}</b><br>"
                    + rows.interval_text(rate, low, high)
                    + f" of {row['visits_settled']:,} visits"
                    for (_, row), rate, low, high in zip(own, rates, lows, highs, strict=True)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    return traces


def _told(row: dict[str, Any], exits: int) -> str:
    return (
        f"<b>{style.escaped(row['label'])}</b><br>{row['exits']:,} journeys end here,"
        f" {style.share_text(row['exits'] / exits)} of all that end without a goal"
        f"<br>{row['visits_settled']:,} visits of {row['customers']:,} customers"
    )
