"""Weeks of the transition graph -> how far each lies from those before, as bars."""

from typing import Any, Final

import polars as pl

from journeylab.figures import rows, trends

COLUMNS: Final = {
    "week_start_date",
    "journeys",
    "customers",
    "transitions",
    "transitions_before",
    "distance",
    "is_immature",
    "is_insufficient",
}


def drift(
    table: pl.DataFrame,
    *,
    title: str = "How much the map changes from week to week",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw how far the map of each week lies from that of all weeks before it.

    Args:
        table: ``Lab.drift()``.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of [day, "distance"].
        Weeks that may still change are hatched, those of fewer than 30 customers faded. Weeks
        with fewer moves before them than their own have no map to lie off and are left out;
        where that is all, the figure says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.drift()")
    found = [
        row
        for row in table.to_dicts()
        if row["distance"] is not None and row["transitions_before"] >= row["transitions"]
    ]
    if not found:
        return rows.nothing(title, "No week has as many moves before it as in it.", dark)
    periods = [
        trends.Period(
            day=row["week_start_date"],
            value=row["distance"],
            low=None,
            high=None,
            told=f"{row['transitions']:,} moves in {row['journeys']:,} settled journeys of"
            f" {row['customers']:,} customers",
            is_immature=row["is_immature"],
            is_insufficient=row["is_insufficient"],
        )
        for row in sorted(found, key=lambda row: row["week_start_date"])
    ]
    journeys = sum(row["journeys"] for row in found)
    sentences = [
        f"{len(found)} weeks, {journeys:,} settled journeys by the week they started in.",
        "Share of moves that would have to go elsewhere to make the map of the week that of all"
        " weeks before it. Weeks of few moves lie further off by chance alone.",
    ]
    return trends.trend(periods, title, sentences, key="distance", is_share=True, dark=dark)
