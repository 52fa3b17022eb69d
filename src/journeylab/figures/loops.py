"""Loops people walk -> how often, and how journeys with each fared beside those without."""

from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style
from journeylab.figures.compared import ASSOCIATED, ROOM, Item, compared

COLUMNS: Final = {
    "loop",
    "touchpoints",
    "entered_touchpoint",
    "occurrences",
    "journeys",
    "customers",
    "seconds_p50",
    "conversion_rate_with",
    "conversion_rate_without",
    "associated_difference",
    "difference_low",
    "difference_high",
    "is_insufficient",
}


def loops(
    table: pl.DataFrame,
    *,
    touchpoints: pl.DataFrame | None = None,
    top: int = 12,
    title: str = "Where people go round in circles",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the loops walked most often, and the conversion associated with each.

    The bar counts how often the loop was walked before the goal. The dot is the conversion
    rate of journeys that walked it less that of journeys that passed by where it is entered
    and did not, in percentage points with its interval: associated with the loop, not caused
    by it.

    Args:
        table: ``loops``.
        touchpoints: as ``Lab.touchpoints`` returns it, for plain names.
        top: most loops drawn.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of
        [touchpoints, entered_touchpoint]. Rows of fewer than 30 customers are faded. Without
        loops, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.loops()")
    found = sorted(table.to_dicts(), key=lambda row: (-row["occurrences"], row["loop"]))
    shown = found[:top]
    if not shown:
        return rows.nothing(title, "Nobody went round a loop.", dark)
    labels = {} if touchpoints is None else dict(touchpoints["touchpoint", "label"].iter_rows())
    every = sum(row["occurrences"] for row in found)
    carried = style.share_text(sum(row["occurrences"] for row in shown) / every)
    layout = style.frame(
        title=title,
        sentences=[
            f"{every:,} walks round {len(found):,} loops before the goal; the {len(shown)} shown"
            f" hold {carried} of them.",
            "Dots: conversion with the loop less without it, in percentage points with its 95%"
            f" interval, among settled journeys that came by. {ASSOCIATED}"
            + rows.faded_text(row["is_insufficient"] for row in shown),
        ],
        room=ROOM * len(shown),
        dark=dark,
    )
    items = [_item(row, labels) for row in shown]
    return compared(items, layout, counted="Times walked", dark=dark)


def _item(row: dict[str, Any], labels: dict[str, str]) -> Item:
    return Item(
        key=[list(row["touchpoints"]), row["entered_touchpoint"]],
        text=_path(row, labels),
        count=row["occurrences"],
        told=(
            f"{row['occurrences']:,} times in {row['journeys']:,} journeys of"
            f" {row['customers']:,} customers"
            f"<br>half take {style.time_text(row['seconds_p50'])} or more"
        ),
        rate_with=row["conversion_rate_with"],
        rate_without=row["conversion_rate_without"],
        difference=row["associated_difference"],
        low=row["difference_low"],
        high=row["difference_high"],
        is_insufficient=row["is_insufficient"],
    )


def _path(row: dict[str, Any], labels: dict[str, str]) -> str:
    """Touchpoints from where the loop is entered, back to it."""
    names = list(row["touchpoints"])
    if row["entered_touchpoint"] in names:
        first = names.index(row["entered_touchpoint"])
        names = names[first:] + names[:first]
    told = [labels.get(name) or name for name in names]
    return " ⇄ ".join(told) if len(told) == 2 else " → ".join([*told, "…"])
