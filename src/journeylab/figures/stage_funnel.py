"""Figures of stages -> how many journeys reach each, where they drop, how long they stay."""

import json
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "stage",
    "stage_rank",
    "journeys",
    "customers",
    "converted",
    "dropped",
    "exit_share",
    "exit_share_low",
    "exit_share_high",
    "stay_p50_seconds",
    "is_insufficient",
}


def stage_funnel(
    table: pl.DataFrame,
    *,
    title: str = "How far people get",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw how many journeys reach each stage, and what becomes of them.

    A bar is all settled journeys that reached the stage before the goal, in three parts:
    converted in the end, dropped in another stage, dropped in this one.

    Args:
        table: ``stage_kpis``.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [stage]. Stages of
        fewer than 30 customers are faded. Without journeys, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.table('stage_kpis')")
    found = sorted(
        (row for row in table.to_dicts() if row["journeys"] > 0), key=lambda row: row["stage_rank"]
    )
    if not found:
        return rows.nothing(title, "No settled journey reached a stage.", dark)
    parts = _parts(found, dark)
    layout = style.frame(
        title=title,
        sentences=[
            "Settled journeys that reached each stage before the goal. Journeys may skip a stage"
            " or go back, so a later bar can be longer.",
            "At the right: share of them that drop out in the stage, with its 95% interval."
            + rows.faded_text(row["is_insufficient"] for row in found),
        ],
        legend=[(colour, "■", name) for name, colour, _ in parts],
        room=56 * len(found),
        dark=dark,
    )
    layout["annotations"] += [
        rows.heading("Journeys", 0, dark),
        rows.right_heading("Drop here", dark),
    ]
    layout |= {"barmode": "stack", "uniformtext": {"minsize": 10, "mode": "hide"}}
    most = max(row["journeys"] for row in found)
    layout["xaxis"] = rows.panel(0, 1, dark, range=[0, most * 1.02], nticks=4, tickangle=0)
    layout["yaxis"] = rows.row_axis([_label(row, dark) for row in found], dark)
    layout["yaxis2"] = rows.right_axis(
        [
            rows.interval_text(r["exit_share"], r["exit_share_low"], r["exit_share_high"])
            for r in found
        ],
        dark,
    )
    return {
        "data": [*(_bar(found, *part, dark) for part in parts), rows.ghost("x")],
        "layout": layout,
    }


def _parts(found: list[dict[str, Any]], dark: bool) -> list[tuple[str, str, list[int]]]:
    return [
        ("converted in the end", style.CONVERTED_COLOUR, [row["converted"] for row in found]),
        (
            "dropped in another stage",
            style.DROPPED_COLOUR if dark else style.MERGED_COLOUR,
            [row["journeys"] - row["converted"] - row["dropped"] for row in found],
        ),
        ("dropped here", style.dropped(dark), [row["dropped"] for row in found]),
    ]


def _label(row: dict[str, Any], dark: bool) -> str:
    stay = row["stay_p50_seconds"]
    note = "" if stay is None else f"<br>median stay {style.time_text(stay)}"
    return rows.label(row["stage"].capitalize(), f"{row['journeys']:,} journeys{note}", dark=dark)


def _bar(
    found: list[dict[str, Any]], name: str, colour: str, counts: list[int], dark: bool
) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "x": counts,
        "y": list(range(len(found))),
        "width": 0.6,
        "marker": {
            "color": colour,
            "opacity": [rows.FADED if row["is_insufficient"] else 1 for row in found],
        },
        "text": [f"{n:,}" for n in counts],
        "textposition": "inside",
        "insidetextfont": {
            "color": rows.inks(colour, (row["is_insufficient"] for row in found), dark)
        },
        "insidetextanchor": "middle",
        "textangle": 0,
        "customdata": [json.dumps([row["stage"]]) for row in found],
        "hovertext": [
            f"<b>{style.escaped(row['stage'])}</b><br>{count:,} of {row['journeys']:,} journeys"
            f" {name} ({style.share_text(count / row['journeys'])})"
            f"<br>{row['customers']:,} customers"
            for row, count in zip(found, counts, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
