"""Rates, with their intervals where they have them -> dots with whiskers, one a row."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import polars as pl

from journeylab.figures import measured, rows, style

#: Measures of a headline -> what they are called.
HEADLINE: Final = {
    "converted": "Converted",
    "dropped": "Dropped",
    "returned": "Went back to a touchpoint",
}


def rates(
    table: pl.DataFrame,
    rate: str = "conversion_rate",
    *,
    names: Sequence[str] | None = None,
    top: int = 30,
    title: str | None = None,
    dark: bool = False,
) -> dict[str, Any]:
    """Draw a rate, and its interval where the table has it, for each row of a table.

    Args:
        table: for example ``Lab.segments()``, ``Lab.rework()``, ``Lab.start_touchpoints()`` or
            ``Lab.funnel(…)``, with a column for the rate, ``_low`` and ``_high`` beside it.
        rate: the column; any other share will do, such as ``reach`` or ``chance``.
        names: columns whose texts name a row, the last of them in full size; None takes all
            columns of text. Without any the rate names it.
        top: rows drawn at most, in the order of the table.
        title: heading; None names the rate.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Dots carry ``customdata``: JSON text of the row's names.
        Rows without a rate are left out, those of fewer than 30 customers faded. Without any,
        a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, {rate}, f"a table of {rate}, for example Lab.segments()")
    named = names or [name for name, kind in table.schema.items() if kind == pl.String]
    rows.need(table, set(named), "Lab.segments()")
    words = rate.replace("_", " ")
    heading = title or words.capitalize()
    found = [row for row in table.to_dicts() if row[rate] is not None]
    if not found:
        return rows.nothing(heading, f"There is no {words} to show.", dark)
    drawn = found[:top]
    dots = [_dot(row, rate, named) for row in drawn]
    layout = style.frame(
        title=heading,
        sentences=[
            f"{len(drawn)} of {table.height} rows. Dots: {words}"
            + (", whiskers: 95% interval." if f"{rate}_low" in table.columns else ".")
            + rows.faded_text(dot.is_insufficient for dot in dots)
        ],
        room=rows.ROW * len(dots),
        dark=dark,
    )
    axis = {"range": measured.reach(dots, least=0.0), "tickformat": ".0%"}
    return measured.measured(dots, layout, axis=axis, dark=dark)


def headline(
    table: pl.DataFrame, *, title: str = "What came of the journeys", dark: bool = False
) -> dict[str, Any]:
    """Draw what came of some journeys: how many converted, dropped and went back.

    Args:
        table: ``Lab.headline(…)``, one row.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict: shares of the settled journeys with 95 % intervals. Dots carry
        ``customdata``: JSON text of [measure]. Without settled journeys, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    shares = {f"{name}_rate" for name in HEADLINE}
    rows.need(table, {"journeys", "journeys_settled", *shares}, "Lab.headline()")
    told = table.to_dicts()[0] if table.height else {"journeys_settled": 0}
    if not told["journeys_settled"]:
        return rows.nothing(title, "No journey is settled.", dark)
    dots = [_share(told, name) for name in HEADLINE if told[f"{name}_rate"] is not None]
    layout = style.frame(
        title=title,
        sentences=[
            f"{told['journeys']:,} journeys, of which {told['journeys_settled']:,} are settled."
            " Dots: share of the settled ones, whiskers: 95% interval."
            + rows.faded_text(dot.is_insufficient for dot in dots)
        ],
        room=rows.ROW * len(dots),
        dark=dark,
    )
    axis = {"range": measured.reach(dots, least=0.0), "tickformat": ".0%"}
    return measured.measured(dots, layout, axis=axis, dark=dark)


def _share(told: dict[str, Any], name: str) -> measured.Dot:
    rate = f"{name}_rate"
    renamed = {**told, "measure": HEADLINE[name]}
    return replace(_dot(renamed, rate, ["measure"]), key=[name])


def _dot(row: dict[str, Any], rate: str, names: Sequence[str]) -> measured.Dot:
    low, high = row.get(f"{rate}_low"), row.get(f"{rate}_high")
    told = rows.interval_text(row[rate], low, high)
    texts = [str(row[name]) if row[name] is not None else "(none)" for name in names]
    *more, name = texts or [rate.replace("_", " ")]
    counts = ("customers_settled", "customers_contacted", "customers")
    customers = next((row[count] for count in counts if count in row), None)
    return measured.Dot(
        key=[*more, name],
        text=name,
        note=style.escaped(style.shortened(" · ".join(more))),
        right=told,
        told=told if customers is None else f"{told}<br>{customers:,} customers",
        value=row[rate],
        low=low,
        high=high,
        colour=style.CHANNEL_COLOURS["web"],
        is_insufficient=bool(row.get("is_insufficient")),
    )
