"""Deviations from the designed map -> how many journeys have each, and how those fared."""

from typing import Any, Final

import polars as pl

from journeylab.figures import rows, style
from journeylab.figures.compared import ASSOCIATED, ROOM, Item, compared

COLUMNS: Final = {
    "kind",
    "touchpoint",
    "is_allowed",
    "occurrences",
    "journeys",
    "customers",
    "journey_share",
    "conversion_rate_with",
    "conversion_rate_without",
    "associated_difference",
    "difference_low",
    "difference_high",
    "is_insufficient",
}

#: What each kind is called.
KINDS: Final = {
    "skipped": "skipped",
    "extra": "not on the map",
    "back": "gone back to",
    "repeat": "repeated",
    "out_of_order": "out of order",
}

_DOTS: Final = (
    "Dots: conversion with the deviation less without it, in percentage points with its 95%"
    f" interval, among those that stood at the same place. {ASSOCIATED}"
)


def deviations(
    table: pl.DataFrame,
    *,
    touchpoints: pl.DataFrame | None = None,
    top: int = 12,
    title: str = "Where journeys leave the map",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the deviations most journeys have, and the conversion associated with each.

    The bar counts settled journeys that deviate so. The dot is their conversion rate less
    that of journeys that stood at the same place and did not, in percentage points with its
    interval: associated with the deviation, not caused by it.

    Args:
        table: ``deviations``. Allowed ones are left out.
        touchpoints: as ``Lab.touchpoints`` returns it, for plain names.
        top: most deviations drawn.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Bars carry ``customdata``: JSON text of
        [kind, touchpoint]. Rows of fewer than 30 customers are faded. Without deviations, a
        figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.table('deviations')")
    found = sorted(
        (row for row in table.to_dicts() if not row["is_allowed"]),
        key=lambda row: (-row["journeys"], row["kind"], row["touchpoint"]),
    )
    shown = found[:top]
    if not shown:
        return rows.nothing(title, "No deviations from a designed map to show.", dark)
    labels = {} if touchpoints is None else dict(touchpoints["touchpoint", "label"].iter_rows())
    layout = style.frame(
        title=title,
        sentences=[
            f"The {len(shown)} of {len(found)} deviations that most settled journeys have."
            " Journeys may have several.",
            (_DOTS if any(row["associated_difference"] is not None for row in shown) else "")
            + rows.faded_text(row["is_insufficient"] for row in shown),
        ],
        room=ROOM * len(shown),
        dark=dark,
    )
    items = [_item(row, labels) for row in shown]
    return compared(items, layout, counted="Journeys", dark=dark)


def _item(row: dict[str, Any], labels: dict[str, str]) -> Item:
    name = labels.get(row["touchpoint"]) or row["touchpoint"]
    return Item(
        key=[row["kind"], row["touchpoint"]],
        text=f"{name}: {KINDS.get(row['kind'], row['kind'])}",
        count=row["journeys"],
        told=(
            f"{row['journeys']:,} settled journeys,"
            f" {style.share_text(row['journey_share'])} of all, of {row['customers']:,} customers"
            + ("" if row["occurrences"] is None else f"<br>{row['occurrences']:,} times")
        ),
        rate_with=row["conversion_rate_with"],
        rate_without=row["conversion_rate_without"],
        difference=row["associated_difference"],
        low=row["difference_low"],
        high=row["difference_high"],
        is_insufficient=row["is_insufficient"],
    )
