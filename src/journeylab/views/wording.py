"""Plain names of touchpoints in tables, and numbers as sentences write them. No figures."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from journeylab.figures.style import bounds_text, share_text, time_text
from journeylab.views.filters import Choices

__all__ = ["ARROW", "interval_text", "label_of", "money_text", "named", "share_text", "time_text"]

#: Between the touchpoints of a path, in tables and in what people read.
ARROW: Final = " -> "

_ENDS: Final = {
    "(start)": "Start",
    "(converted)": "Converted",
    "(dropped)": "Dropped",
    "(open)": "Still open",
    "(end)": "Finished",
    "(reached)": "Reached",
    "(continues)": "Goes on",
    "(other)": "Other",
}


def label_of(name: str, choices: Choices) -> str:
    """A touchpoint or bracketed node in plain words; the name itself where it has none."""
    return choices.touchpoints.get(name) or _ENDS.get(name, name)


def named(table: pl.DataFrame, choices: Choices, columns: Mapping[str, str]) -> pl.DataFrame:
    """The table with plain names beside: new column -> column of touchpoints, paths or lists.

    Args:
        table: any rows.
        choices: they hold the plain names.
        columns: new column -> the one it is made of: text or a list of touchpoints, or a path
            whose touchpoints ``ARROW`` joins.
    """
    names = {**_ENDS, **choices.touchpoints}
    return table.with_columns(
        _as_list(table, old).list.eval(pl.element().replace(names)).list.join(" → ").alias(new)
        for new, old in columns.items()
    )


def interval_text(rate: float | None, low: float | None, high: float | None) -> str:
    """A rate with its 95% interval, as in ``28% (25 to 30%)``; '–' where there is none."""
    if rate is None:
        return "–"
    if low is None or high is None:
        return share_text(rate)
    return f"{share_text(rate)} ({' to '.join(bounds_text(rate, low, high))}%)"


def money_text(value: float, currency: str | None) -> str:
    """An amount without cents, as in ``24,954 EUR``."""
    return f"{value:,.0f} {currency}" if currency else f"{value:,.0f}"


def _as_list(table: pl.DataFrame, column: str) -> pl.Expr:
    if isinstance(table.schema[column], pl.List):
        return pl.col(column)
    return pl.col(column).cast(pl.String).str.split(ARROW)
