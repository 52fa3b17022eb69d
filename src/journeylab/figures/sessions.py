"""Two rules to cut sessions -> how much each figure changes, as dots."""

from typing import Any, Final

import polars as pl

from journeylab.figures import measured, rows, style

COLUMNS: Final = {"measure", "value_a", "value_b", "difference"}


def sessions_compared(
    table: pl.DataFrame,
    *,
    title: str = "What another rule of sessions changes",
    dark: bool = False,
) -> dict[str, Any]:
    """Draw by how much each figure differs under the second rule, relative to the first.

    Args:
        table: ``Lab.compare_sessions(…)``.
        title: heading.
        dark: whether it stands on a dark page.

    Returns:
        A Plotly figure as a dict. Dots carry ``customdata``: JSON text of [measure]; at the
        right stand both values. Figures of nought under the first rule are left out. Without
        any, a figure that says so.

    Raises:
        ValueError: the table lacks a column.
    """
    rows.need(table, COLUMNS, "Lab.compare_sessions(…)")
    told = {row["measure"]: row for row in table.to_dicts()}
    found = [row for row in told.values() if row["value_a"]]
    if not found:
        return rows.nothing(title, "There is no session to compare.", dark)
    dots = [
        measured.Dot(
            key=[row["measure"]],
            text=_name(row["measure"]),
            note="",
            right=f"{_value(row, 'value_a')} → {_value(row, 'value_b')}",
            told=f"{_value(row, 'value_a')} by the first rule,"
            f" {_value(row, 'value_b')} by the second",
            value=row["difference"] / row["value_a"],
            low=None,
            high=None,
            colour=style.CHANNEL_COLOURS["web"],
        )
        for row in found
    ]
    sizes = told.get("sessions")
    counted = (
        "" if sizes is None else f" {sizes['value_a']:,.0f} and {sizes['value_b']:,.0f} sessions."
    )
    layout = style.frame(
        title=title,
        sentences=[
            f"Difference of {len(found)} figures relative to the first rule.{counted}",
            "At the right: the figure by the first and by the second rule.",
        ],
        room=rows.ROW * len(dots),
        dark=dark,
    )
    axis = {"range": measured.reach(dots), "tickformat": "+.0%"}
    return measured.measured(dots, layout, axis=axis, dark=dark)


def _name(measure: str) -> str:
    """What it is, without its unit, which the values carry."""
    return measure.removesuffix("_share").removesuffix("_seconds").replace("_", " ")


def _value(row: dict[str, Any], column: str) -> str:
    value = row[column]
    if row["measure"].endswith("_share"):
        return style.share_text(value)
    if row["measure"].endswith("_seconds"):
        return style.time_text(value)
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"
