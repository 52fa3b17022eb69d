"""Small tables of what is asked of a Lab, a row a line, as ``small_tables`` has the published."""

from datetime import date
from decimal import Decimal

import polars as pl
from small_tables import frame

from journeylab.analysis.attribution import SCHEMA as CREDIT
from journeylab.analysis.time_to_convert import CURVE_SCHEMA, SUMMARY_SCHEMA

CELLS = {
    "cohort_date": pl.Date,
    "period": pl.Int64,
    "period_date": pl.Date,
    "customers": pl.Int64,
    "retained": pl.Int64,
    "is_immature": pl.Boolean,
    "is_start_unknown": pl.Boolean,
    "retention_rate": pl.Float64,
    "retention_rate_low": pl.Float64,
    "retention_rate_high": pl.Float64,
    "is_insufficient": pl.Boolean,
}
STATES = {
    "period_date": pl.Date,
    "active_customers": pl.Int64,
    "new_customers": pl.Int64,
    "returning_customers": pl.Int64,
    "resurrected_customers": pl.Int64,
    "dormant_customers": pl.Int64,
    "is_immature": pl.Boolean,
}
MONDAYS = [date(2026, 3, day) for day in (2, 9, 16)]


def attribution(name: str = "web:look") -> pl.DataFrame:
    """Ten conversions worth 100 EUR; the last touch is a mail, the first one a look."""

    def row(model: str, unit: str, conversions: int, customers: int) -> tuple[object, ...]:
        share = conversions / 10
        low, high = max(share - 0.125, 0.0), min(share + 0.125, 1.0)
        counts = (Decimal(conversions), 10 * low, 10 * high, 10, share, low, high)
        value = (Decimal(10 * conversions), 100 * low, 100 * high, Decimal(100), None)
        return (model, unit, "EUR", *counts, *value, 40, 8, customers, customers < 30)

    return frame(
        CREDIT,
        row("first", name, 8, 90),
        row("first", "mail:click", 1, 20),
        row("first", "(none)", 1, 40),
        row("last", "mail:click", 6, 20),
        row("last", name, 3, 90),
        row("last", "(none)", 1, 40),
    )


def retention(_: str = "") -> pl.DataFrame:
    """A quarter of 40 come back a week later; of the 20 of the next week not all is known."""
    first, second, third = MONDAYS
    return frame(
        CELLS,
        (first, 0, first, 40, 40, False, True, 1.0, 1.0, 1.0, False),
        (first, 1, second, 40, 10, False, True, 0.25, 0.125, 0.5, False),
        (first, 2, third, 40, 4, True, True, 0.125, 0.0, 0.25, False),
        (second, 0, second, 20, 20, False, False, 1.0, 1.0, 1.0, True),
        (second, 1, third, 20, 5, True, False, 0.25, 0.125, 0.5, True),
        (None, 0, None, 60, 60, False, True, 1.0, 1.0, 1.0, False),
        (None, 1, None, 40, 10, False, True, 0.25, 0.125, 0.5, False),
    )


def lifecycle(_: str = "") -> pl.DataFrame:
    """Three weeks, the last of which runs."""
    first, second, third = MONDAYS
    return frame(
        STATES,
        (first, 50, 50, 0, 0, 0, False),
        (second, 40, 20, 20, 0, 30, False),
        (third, 30, 5, 10, 15, None, True),
    )


def curves(name: str = "web:look") -> pl.DataFrame:
    """Half convert within an hour; after a day too few are watched."""
    return frame(
        CURVE_SCHEMA,
        (name, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 100, False),
        (name, 3600.0, 0.5, 0.375, 0.625, 0.25, 0.25, 0.5, 60, False),
        (name, 86400.0, 0.625, None, None, 0.25, 0.125, 0.75, 20, True),
        ("mail", 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 40, False),
        ("mail", 60.0, 0.25, 0.125, 0.5, 0.0, 0.75, 0.25, 40, False),
    )


def time_to_convert(name: str = "web:look") -> pl.DataFrame:
    """The two groups of the curves; only of one it is known when half have converted."""
    share, half, mean = (0.5, 0.375, 0.625), (1800.0, 900.0, 2700.0), (7200.0, 3600.0, 9000.0)
    unknown = (None,) * 9
    return frame(
        SUMMARY_SCHEMA,
        (name, 100, 90, 60, 25, 15, 3600.0, *share, *half, *mean, 9e4, 3600.0, 0.0625, False),
        ("mail", 40, 20, 10, 0, 30, None, *unknown, 9e4, None, 0.0625, True),
    )
