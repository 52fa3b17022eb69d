"""Counts and rates by period -> bars over time: arrivals, and funnels by when they began."""

from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style, trends

ARRIVAL_COLUMNS: Final = {
    "period_start_at",
    "arrivals",
    "customers",
    "arrivals_per_hour",
    "is_immature",
}
TREND_COLUMNS: Final = {
    "level",
    "period_start_date",
    "entered",
    "customers",
    "conversion_rate",
    "conversion_rate_low",
    "conversion_rate_high",
    "is_immature",
    "is_insufficient",
}


def arrivals(
    table: pl.DataFrame,
    *,
    title: str = "When people come",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw how many arrive in each period.

    Args:
        table: ``Lab.arrivals()``.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [instant,
        "arrivals"]. The period that is not over is hatched. Without arrivals, a figure that
        says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, ARRIVAL_COLUMNS, "Lab.arrivals()")
    found = table.to_dicts()
    if not found:
        return rows.nothing(title, "Nobody came.", dark)
    total = sum(row["arrivals"] for row in found)
    periods = [
        trends.Period(
            day=row["period_start_at"],
            value=float(row["arrivals"]),
            low=None,
            high=None,
            told=f"{row['customers']:,} customers, {row['arrivals_per_hour'] or 0:.2g} an hour",
            is_immature=row["is_immature"],
            is_insufficient=False,
        )
        for row in found
    ]
    sentences = [f"{total:,} arrivals in {len(found):,} periods of the reporting zone."]
    return trends.trend(periods, title, sentences, key="arrivals", is_share=False, dark=dark)


def funnel_trend(
    table: pl.DataFrame,
    *,
    level: str | None = None,
    title: str = "How the funnel converts over time",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the conversion of a funnel by the period in which its attempts began.

    Args:
        table: ``Lab.funnel_trend(…)``.
        level: which level of a breakdown; None takes the first of the table.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [day,
        "conversion_rate"]. Periods whose window is not over are hatched, those of fewer than
        30 customers faded. Without attempts, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, TREND_COLUMNS, "Lab.funnel_trend(…)")
    if table.is_empty():
        return rows.nothing(title, "Nobody entered the funnel.", dark)
    told = table["level"][0] if level is None else level
    found = [row for row in table.to_dicts() if row["level"] == told and row["entered"]]
    if not found:
        return rows.nothing(title, "Nobody of this level entered the funnel.", dark)
    entered = sum(row["entered"] for row in found)
    of = "" if told is None else f" of {style.escaped(str(told))}"
    periods = [
        trends.Period(
            day=row["period_start_date"],
            value=row["conversion_rate"],
            low=row["conversion_rate_low"],
            high=row["conversion_rate_high"],
            told=f"{row['entered']:,} attempts of {row['customers']:,} customers",
            is_immature=row["is_immature"],
            is_insufficient=row["is_insufficient"],
        )
        for row in found
    ]
    sentences = [f"{entered:,} attempts{of} by when they began.", "Whiskers: 95% interval."]
    return trends.trend(periods, title, sentences, key="conversion_rate", is_share=True, dark=dark)
