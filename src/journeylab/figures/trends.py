"""Figures of days or weeks -> bars over time; those that may still change are hatched."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style

KPI_COLUMNS: Final = {
    "kpi",
    "value",
    "unit",
    "currency",
    "n",
    "customers",
    "low",
    "high",
    "is_insufficient",
    "is_immature",
}
WEEK_COLUMNS: Final = {
    "week_date",
    "journeys",
    "customers",
    "follows_map_share",
    "follows_map_low",
    "follows_map_high",
    "is_immature",
    "is_insufficient",
}
TOTAL_COLUMNS: Final = {"outcome", "journeys", "follows_map_share"}

_ROOM: Final = 300  # pixels
_MOST_TICKS: Final = 6
_OVER: Final = {
    "orders": "orders",
    "revenue": "orders",
    "sessions": "sessions",
    "customers": "sessions",
}
_HATCHED: Final = "may still change"


@dataclass(frozen=True, slots=True)
class Period:
    """One day or week: a figure, its interval, and what it is over."""

    day: date
    value: float
    low: float | None
    high: float | None
    told: str  # when hovered, escaped already
    is_immature: bool
    is_insufficient: bool


def kpi_trend(
    table: pl.DataFrame,
    kpi: str = "conversion_rate",
    *,
    currency: str | None = None,
    title: str | None = None,
    dark: bool = False,
) -> dict[str, Any]:
    """Draw one business figure by day or week.

    Args:
        table: ``kpis_daily`` or ``kpis_weekly``.
        kpi: which figure.
        currency: of money; None takes the first in the table.
        title: heading; None names the figure.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [day, kpi]. Periods
        that may still change are hatched; shares of fewer than 30 customers are faded and
        have whiskers for their interval. Without such a figure, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, KPI_COLUMNS, "Lab.table('kpis_weekly')")
    period = "week" if "week" in table.columns else "day"
    rows.need(table, {period}, "Lab.table('kpis_weekly')")
    words = kpi.replace("_", " ").capitalize()
    heading = title or f"{words} by {period}"
    found = [r for r in table.to_dicts() if r["kpi"] == kpi and r["value"] is not None]
    money = sorted({row["currency"] for row in found if row["currency"]})
    chosen = currency or (money[0] if money else None)
    found = [row for row in found if row["currency"] == chosen]
    if not found:
        return rows.nothing(heading, f"No {style.escaped(words.lower())} to show.", dark)
    unit = found[0]["unit"]
    total = sum(row["n"] for row in found)
    over = _OVER.get(kpi, "journeys")
    of = f", in {style.escaped(chosen)}" if chosen else ""
    sentences = [f"{len(found):,} {period}s, {total:,} {over} in all{of}."]
    if unit == "share":
        sentences.append("Whiskers: 95% interval.")
    periods = [
        Period(
            day=row[period],
            value=row["value"],
            low=row["low"],
            high=row["high"],
            told=f"{row['n']:,} of {row['customers']:,} customers",
            is_immature=row["is_immature"],
            is_insufficient=row["is_insufficient"] and unit == "share",
        )
        for row in sorted(found, key=lambda row: row[period])
    ]
    return trend(periods, heading, sentences, key=kpi, is_share=unit == "share", dark=dark)


def conformance(
    table: pl.DataFrame,
    weekly: pl.DataFrame,
    *,
    title: str = "How many follow the designed map",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the share of journeys that follow the designed map, by the week they started in.

    Args:
        table: ``conformance``.
        weekly: ``conformance_weekly``.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [day,
        "follows_map_share"]. Weeks that may still change are hatched, weeks of fewer than 30
        customers faded. Without a map, a figure that says so.

    Raises:
        ValueError: a table lacks a column.
    """
    rows.need(table, TOTAL_COLUMNS, "Lab.table('conformance')")
    rows.need(weekly, WEEK_COLUMNS, "Lab.table('conformance_weekly')")
    found = [row for row in weekly.to_dicts() if row["follows_map_share"] is not None]
    if not found:
        return rows.nothing(title, "There is no designed map, or no settled journey.", dark)
    totals = {row["outcome"]: row for row in table.to_dicts() if row["journeys"]}
    told = [
        f"{style.share_text(row['follows_map_share'])} of {row['journeys']:,} {words}"
        for outcome, words in (
            ("all", "settled journeys follow it"),
            ("converted", "that converted"),
            ("dropped", "that dropped"),
        )
        if (row := totals.get(outcome)) is not None
    ]
    periods = [
        Period(
            day=row["week_date"],
            value=row["follows_map_share"],
            low=row["follows_map_low"],
            high=row["follows_map_high"],
            told=f"{row['journeys']:,} settled journeys of {row['customers']:,} customers",
            is_immature=row["is_immature"],
            is_insufficient=row["is_insufficient"],
        )
        for row in sorted(found, key=lambda row: row["week_date"])
    ]
    sentences = [", ".join(told) + ".", "Whiskers: 95% interval of the week."]
    return trend(periods, title, sentences, key="follows_map_share", is_share=True, dark=dark)


def trend(
    periods: Sequence[Period],
    title: str,
    sentences: list[str],
    *,
    key: str,
    is_share: bool,
    dark: bool,
) -> dict[str, Any]:
    """Bars over time, in a layout of their own.

    Args:
        periods: at least one, in order.
        title: heading.
        sentences: below it; at least one.
        key: what the figure is, the second part of what a click tells.
        is_share: whether values are shares, with intervals.
        dark: whether it stands on a dark page.
    """
    if any(period.is_immature for period in periods):
        sentences = [*sentences, f"Hatched: {_HATCHED}, not to be compared."]
    sentences[-1] += rows.faded_text(period.is_insufficient for period in periods)
    layout = style.frame(title=title, sentences=sentences, room=_ROOM, dark=dark)
    sure = [period for period in periods if not period.is_insufficient] or periods
    tops = [period.value if period.high is None else period.high for period in sure]
    tops += [period.value for period in periods]
    layout["xaxis"] = rows.panel(0, 1, dark, type="date", showgrid=False, **_ticks(periods))
    layout["yaxis"] = {
        "range": [0, max([*tops, 0.001]) * 1.05],
        "gridcolor": style.grid(dark),
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
        "tickformat": ".0%" if is_share else ",~s",
        "tickfont": {"size": 12, "color": style.muted(dark)},
        "nticks": 6,
    }
    layout["bargap"] = 0.25
    return {"data": [_bars(periods, key, is_share)], "layout": layout}


def _ticks(periods: Sequence[Period]) -> dict[str, Any]:
    """At most six days under their own bars; the year where it is new."""
    shown = periods[:: -(-len(periods) // _MOST_TICKS)]
    years = [None, *(period.day.year for period in shown)]
    return {
        "tickmode": "array",
        "tickvals": [period.day.isoformat() for period in shown],
        "ticktext": [
            f"{period.day:%-d %b}" + ("" if period.day.year == year else f"<br>{period.day:%Y}")
            for period, year in zip(shown, years, strict=False)
        ],
        "tickangle": 0,
    }


def _bars(periods: Sequence[Period], key: str, is_share: bool) -> dict[str, Any]:
    values = [period.value for period in periods]
    bars = {
        "type": "bar",
        "x": [period.day.isoformat() for period in periods],
        "y": values,
        "marker": {
            "color": [
                style.faded(style.CHANNEL_COLOURS["web"], rows.FADED)
                if period.is_insufficient
                else style.CHANNEL_COLOURS["web"]
                for period in periods
            ],
            "pattern": {
                "shape": ["/" if period.is_immature else "" for period in periods],
                "fillmode": "replace",
                "size": 6,
            },
        },
        "customdata": [json.dumps([period.day.isoformat(), key]) for period in periods],
        "hovertext": [_told(period, is_share) for period in periods],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    if is_share and any(period.low is not None for period in periods):
        bars["error_y"] = rows.whiskers(
            values,
            [p.value if p.low is None else p.low for p in periods],
            [p.value if p.high is None else p.high for p in periods],
        )
    return bars


def _told(period: Period, is_share: bool) -> str:
    value = (
        rows.interval_text(period.value, period.low, period.high)
        if is_share
        else f"{period.value:,.0f}"
    )
    return (
        f"<b>{period.day:%-d %b %Y}</b>{f' ({_HATCHED})' if period.is_immature else ''}"
        f"<br>{value}<br>{period.told}"
    )
