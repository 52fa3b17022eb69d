"""Cohorts -> a table of shares who came back; periods -> who is new, returning, or gone quiet."""

import json
from datetime import date
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

COLUMNS: Final = {
    "cohort_date",
    "period",
    "period_date",
    "customers",
    "retained",
    "retention_rate",
    "retention_rate_low",
    "retention_rate_high",
    "is_immature",
    "is_insufficient",
}
STATE_COLUMNS: Final = {
    "period_date",
    "active_customers",
    "new_customers",
    "returning_customers",
    "resurrected_customers",
    "dormant_customers",
    "is_immature",
}
#: States of customers: column, name, colour.
STATES: Final = (
    ("returning_customers", "came again", "#0072B2"),
    ("resurrected_customers", "back after a pause", "#56B4E9"),
    ("new_customers", "new", "#009E73"),
    ("dormant_customers", "gone quiet", style.DROPPED_COLOUR),
)

_BLUES: Final = (("#F2F7FB", "#0072B2"), ("#22303C", "#56B4E9"))  # light, dark page
_CELL: Final = 30  # pixels
_COLUMN: Final = 46
_LABELS: Final = 190
_MOST_SHARES: Final = 0.6  # the colour is full from here on


def retention(
    table: pl.DataFrame, *, title: str = "Who comes back", dark: bool = False
) -> dict[str, Any]:
    """Draw the share of each cohort that came back, period by period, as a table of colours.

    Args:
        table: of ``Lab.retention``.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict: a row per cohort, the mean of all on top, a column per
        period after the first. Cells that may still grow are faded. Cells carry
        ``customdata``: JSON text of [cohort_date, period]. Cohorts of fewer than 30 customers
        have a star. Without a cohort, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.retention()")
    cells = table.filter(pl.col("period") > 0)
    if cells.is_empty():
        return rows.nothing(title, "No cohort with a period after its own to show.", dark)
    named = table.filter(pl.col("cohort_date").is_not_null())
    cohorts: list[date | None] = [None, *named["cohort_date"].unique().sort().to_list()]
    sizes = {
        row["cohort_date"]: row["customers"] for row in table.filter(period=0).iter_rows(named=True)
    }
    cohorts = [cohort for cohort in cohorts if cohort in sizes]
    unit = _unit(named)
    last = int(cells.select(pl.col("period").max()).item())
    everyone = sum(size for cohort, size in sizes.items() if cohort is not None)
    few = [cohort for cohort in cohorts if sizes[cohort] < rows.FEW]
    layout = style.frame(
        title=title,
        sentences=[
            f"{everyone:,} customers in {named['cohort_date'].n_unique():,} cohorts: % of each"
            f" who came back so many {unit}s after the {unit} of their start.",
            "Faded: may still grow, left out of the mean of all cohorts."
            + (" * fewer than 30 customers." if few else ""),
        ],
        room=_CELL * len(cohorts),
        bottom=12,
        dark=dark,
    )
    layout["height"] += 20
    layout["margin"]["t"] += 20
    layout["meta"]["min_width"] = _LABELS + _COLUMN * last
    layout["yaxis"] = {
        **rows.row_axis([_label(cohort, sizes[cohort], dark) for cohort in cohorts], dark),
        "showgrid": False,
    }
    layout["xaxis"] = {
        "side": "top",
        "tickmode": "array",
        "tickvals": list(range(1, last + 1)),
        "ticktext": [f"{unit} 1" if n == 1 else str(n) for n in range(1, last + 1)],
        "tickangle": 0,
        "range": [0.5, last + 0.5],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }
    places = {cohort: y for y, cohort in enumerate(cohorts)}
    return {
        "data": [
            _cells(cells.filter(is_immature=immature), places, last, unit, dark)
            for immature in (False, True)
        ],
        "layout": layout,
    }


def _label(cohort: date | None, size: int, dark: bool) -> str:
    star = " *" if size < rows.FEW else ""
    name = "all cohorts" if cohort is None else f"{cohort:%d %b %Y}"
    return f"{name}{star} {rows.small(f'{size:,}', dark)}"


def _unit(named: pl.DataFrame) -> str:
    """What a period is, by the days between neighbours."""
    days = named.filter(period=1).select(
        (pl.col("period_date") - pl.col("cohort_date")).dt.total_days().max()
    )
    found = days.item()
    return "period" if found is None else "day" if found < 2 else "week" if found < 8 else "month"


def _cells(
    cells: pl.DataFrame, places: dict[date | None, int], last: int, unit: str, dark: bool
) -> dict[str, Any]:
    """One layer of cells over the whole table, so that all keep their place."""
    z: list[list[float | None]] = [[None] * last for _ in places]
    text, told, keys = ([[""] * last for _ in places] for _ in range(3))
    immature = False
    for row in cells.iter_rows(named=True):
        y, x = places.get(row["cohort_date"]), row["period"] - 1
        if y is None or row["retention_rate"] is None:
            continue
        immature = row["is_immature"]
        day = None if row["cohort_date"] is None else row["cohort_date"].isoformat()
        z[y][x] = row["retention_rate"]
        text[y][x] = f"{100 * row['retention_rate']:.0f}"
        keys[y][x] = json.dumps([day, row["period"]])
        told[y][x] = (
            f"<b>{unit} {row['period']} after {day or 'the start'}</b><br>"
            + rows.interval_text(
                row["retention_rate"], row["retention_rate_low"], row["retention_rate_high"]
            )
            + f": {row['retained']:,} of {row['customers']:,} customers"
            + ("<br>may still grow" if row["is_immature"] else "")
        )
    return {
        "type": "heatmap",
        "name": "may still grow" if immature else "over",
        "x": list(range(1, last + 1)),
        "y": list(range(len(places))),
        "z": z,
        "zmin": 0,
        "zmax": _MOST_SHARES,
        "colorscale": [[0, _BLUES[dark][0]], [1, _BLUES[dark][1]]],
        "showscale": False,
        "opacity": rows.FADED if immature else 1,
        "text": text,
        "texttemplate": "%{text}",
        "hovertext": told,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "hoverongaps": False,
        "customdata": keys,
        "xgap": 2,
        "ygap": 2,
    }


def lifecycle(
    table: pl.DataFrame,
    *,
    title: str = "Who is new, who returns, who went quiet",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the active customers of each period by state, and below 0 those gone quiet.

    Args:
        table: of ``Lab.lifecycle``.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [period_date,
        state]. The running period is hatched and has nobody gone quiet. Without a period, a
        figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, STATE_COLUMNS, "Lab.lifecycle()")
    found = table.sort("period_date").to_dicts()
    if not found:
        return rows.nothing(title, "Nobody was active.", dark)
    running = any(row["is_immature"] for row in found)
    layout = style.frame(
        title=title,
        sentences=[
            f"{len(found):,} periods; {sum(row['new_customers'] for row in found):,} customers in"
            " all, each new once. Below 0: active in the period before and not in this one."
            + (" Hatched: the period still runs." if running else "")
        ],
        legend=[(colour, "■", text) for _, text, colour in STATES],
        room=300,
        dark=dark,
    )
    layout["barmode"] = "relative"
    layout["bargap"] = 0.25
    layout["xaxis"] = rows.panel(0, 1, dark, type="date", showgrid=False, nticks=6, tickangle=0)
    layout["yaxis"] = {
        "gridcolor": style.grid(dark),
        "zerolinecolor": style.muted(dark),
        "fixedrange": True,
        "automargin": True,
        "tickformat": ",~s",
        "nticks": 6,
    }
    return {"data": [_states(found, *state) for state in STATES], "layout": layout}


def _states(found: list[dict[str, Any]], column: str, name: str, colour: str) -> dict[str, Any]:
    sign = -1 if column == "dormant_customers" else 1
    return {
        "type": "bar",
        "name": name,
        "x": [row["period_date"].isoformat() for row in found],
        "y": [None if row[column] is None else sign * row[column] for row in found],
        "marker": {
            "color": colour,
            "pattern": {
                "shape": ["/" if row["is_immature"] else "" for row in found],
                "fillmode": "replace",
                "size": 6,
            },
        },
        "customdata": [json.dumps([row["period_date"].isoformat(), column]) for row in found],
        "hovertext": [
            f"<b>{row['period_date']:%d %b %Y}</b><br>{name}: "
            + ("not known yet" if row[column] is None else f"{row[column]:,} customers")
            for row in found
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
