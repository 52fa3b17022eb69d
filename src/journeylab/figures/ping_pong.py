"""Pairs people go to and fro between -> how often, and how those journeys fared."""

from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style
from journeylab.figures.compared import ASSOCIATED, ROOM, Item, compared

COLUMNS: Final = {
    "touchpoint",
    "other_touchpoint",
    "entered_touchpoint",
    "bounces",
    "journeys",
    "customers",
    "rounds_p50",
    "conversion_rate_with",
    "conversion_rate_without",
    "associated_difference",
    "difference_low",
    "difference_high",
    "is_insufficient",
}


def ping_pong(
    table: pl.DataFrame,
    *,
    touchpoints: pl.DataFrame | None = None,
    top: int = 10,
    title: str = "To and fro between two touchpoints",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the pairs people bounce between most, and the conversion associated with each.

    The bar counts steps of the form A, B, A before the goal. The dot is the conversion rate of
    journeys with such a step less that of journeys that reached where it mostly begins and
    never made one, in percentage points with its interval: associated, not caused.

    Args:
        table: ``ping_pong``.
        touchpoints: as ``Lab.touchpoints`` returns it, for plain names.
        top: most pairs drawn.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of
        [touchpoint, other_touchpoint]. Rows of fewer than 30 customers are faded. Without
        pairs, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.ping_pong()")
    found = sorted(
        table.to_dicts(), key=lambda r: (-r["bounces"], r["touchpoint"], r["other_touchpoint"])
    )
    shown = found[:top]
    if not shown:
        return rows.nothing(title, "Nobody went to and fro between two touchpoints.", dark)
    labels = {} if touchpoints is None else dict(touchpoints["touchpoint", "label"].iter_rows())
    every = sum(row["bounces"] for row in found)
    carried = style.share_text(sum(row["bounces"] for row in shown) / every)
    layout = style.frame(
        title=title,
        sentences=[
            f"{every:,} times there and back between {len(found):,} pairs; the {len(shown)} shown"
            f" hold {carried} of them.",
            "Dots: conversion with it less without it, in percentage points with its 95% interval,"
            f" among settled journeys that came by. {ASSOCIATED}"
            + rows.faded_text(row["is_insufficient"] for row in shown),
        ],
        room=ROOM * len(shown),
        dark=dark,
    )
    items = [_item(row, labels) for row in shown]
    return compared(items, layout, counted="Times there and back", dark=dark)


def _item(row: dict[str, Any], labels: dict[str, str]) -> Item:
    first = row["entered_touchpoint"]
    names = [row["touchpoint"], row["other_touchpoint"]]
    pair = names if first == names[0] else names[::-1]
    return Item(
        key=names,
        text=" ⇄ ".join(labels.get(name) or name for name in pair),
        count=row["bounces"],
        told=(
            f"{row['bounces']:,} times in {row['journeys']:,} journeys of"
            f" {row['customers']:,} customers<br>median {row['rounds_p50']:g} rounds"
        ),
        rate_with=row["conversion_rate_with"],
        rate_without=row["conversion_rate_without"],
        difference=row["associated_difference"],
        low=row["difference_low"],
        high=row["difference_high"],
        is_insufficient=row["is_insufficient"],
    )
