"""Any table of rates with their intervals -> dots with whiskers, one a row."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from journeylab.figures import measured, rows, style


def rates(
    table: pl.DataFrame,
    rate: str = "conversion_rate",
    *,
    names: Sequence[str] | None = None,
    top: int = 30,
    title: str | None = None,
    dark: bool = False,
) -> dict[str, Any]:
    """Draw a rate and its interval for each row of a table.

    Args:
        table: for example ``Lab.segments()``, ``Lab.rework()``, ``Lab.start_touchpoints()`` or
            ``Lab.funnel(…)``, with a column for the rate and its ``_low`` and ``_high``.
        rate: the column.
        names: columns whose texts name a row, the last of them in full size; None takes all
            columns of text.
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
    rows.need(table, {rate, f"{rate}_low", f"{rate}_high"}, f"a table of {rate}: Lab.segments()")
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
            f"{len(drawn)} of {table.height} rows. Dots: {words}, whiskers: 95% interval."
            + rows.faded_text(dot.is_insufficient for dot in dots)
        ],
        room=rows.ROW * len(dots),
        dark=dark,
    )
    axis = {"range": measured.reach(dots, least=0.0), "tickformat": ".0%"}
    return measured.measured(dots, layout, axis=axis, dark=dark)


def _dot(row: dict[str, Any], rate: str, names: Sequence[str]) -> measured.Dot:
    told = rows.interval_text(row[rate], row[f"{rate}_low"], row[f"{rate}_high"])
    *more, name = [str(row[name]) if row[name] is not None else "(none)" for name in names]
    counts = ("customers_settled", "customers_contacted", "customers")
    customers = next((row[count] for count in counts if count in row), None)
    return measured.Dot(
        key=[*more, name],
        text=name,
        note=style.escaped(style.shortened(" · ".join(more))),
        right=told,
        told=told if customers is None else f"{told}<br>{customers:,} customers",
        value=row[rate],
        low=row[f"{rate}_low"],
        high=row[f"{rate}_high"],
        colour=style.CHANNEL_COLOURS["web"],
        is_insufficient=bool(row.get("is_insufficient")),
    )
