"""A spend file or frame -> what was spent per unit, and what each unit's credit came to for it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from journeylab.analysis.attribution import NONE
from journeylab.analysis.statistics import SIGNIFICANT_DIGITS
from journeylab.errors import InputRefused
from journeylab.lab import compile
from journeylab.spend import read_spend
from journeylab.warehouse import Warehouse

#: A spend file, or its lines as a frame.
Spend = str | Path | pl.DataFrame

_WHERE: Final = "Lab.attribution(spend=…)"


@dataclass(frozen=True, slots=True)
class Days:
    """Days of the reporting zone of which spend and conversions are held together."""

    first: date
    last: date
    zone: str


def lines_of(spend: Spend, by: str) -> pl.DataFrame:
    """Lines of a spend: ``spend_date``, ``unit`` (``(none)`` if not told), amount, currency.

    Raises:
        InputRefused: no line, or no column that tells what was spent on.
        SettingsError: a column is missing, or a value is no date or number.
    """
    told = read_spend(spend)
    if told.is_empty():
        raise InputRefused("the spend has no line", _WHERE, "give at least one, or leave it out")
    column = "channel" if by in ("source", "source_group") and by not in told.columns else by
    if column not in told.columns or told[column].is_null().all():
        raise InputRefused(
            f"the spend does not say what {column} it was for",
            _WHERE,
            f"name its column {column!r}; it has {', '.join(told.columns)}",
        )
    lines = told.select(
        pl.col("date").alias("spend_date"),
        pl.col(column).cast(pl.String).fill_null(NONE).alias("unit"),
        "amount",
        "currency",
    )
    return lines


def days_of(warehouse: Warehouse, lines: pl.DataFrame) -> Days:
    """Days from the first line to the last, those left out on which journeys are not settled.

    Raises:
        InputRefused: no such day is left.
    """
    row = warehouse.frame(compile.composed(compile.template("settled_days"), {})).row(0, named=True)
    first, last = lines["spend_date"].min(), lines["spend_date"].max()
    if not isinstance(first, date) or not isinstance(last, date):
        raise TypeError("spend_date holds no dates")
    settled = row["last_settled_date"]
    if settled is None or settled < first:
        raise InputRefused(
            f"the spend begins on {first}, and journeys are settled up to {settled} only",
            _WHERE,
            "wait until the journeys of those days are settled, or give older lines",
        )
    return Days(first, min(last, settled), row["reporting_timezone"])


def with_spend(made: pl.DataFrame, lines: pl.DataFrame, days: Days) -> pl.DataFrame:
    """The credit with what was spent for it; spending nobody was touched by has rows of its own.

    Args:
        made: rows of ``attribution``.
        lines: as ``lines_of``.
        days: as ``days_of``; other lines are left out.

    Raises:
        InputRefused: spend in a currency that no value is in.
    """
    kept = lines.filter(pl.col("spend_date").is_between(days.first, days.last))
    spent = kept.group_by("unit", "currency").agg(
        pl.col("amount").sum().cast(pl.Decimal(18, 4)).alias("spend")
    )
    foreign = sorted(set(spent["currency"]) - set(made["currency"].drop_nulls()))
    if foreign:
        known = ", ".join(sorted(set(made["currency"].drop_nulls()))) or "none"
        raise InputRefused(
            f"spend is in {foreign[0]}, and conversions are in {known}",
            _WHERE,
            "convert the amounts, or set reporting_currency and give rates",
        )
    totals = made.select("model", "currency", "conversions_total", "value_total").unique()
    idle = totals.join(spent.rename({"spend": "_"}), on="currency").join(
        made, on=["model", "unit", "currency"], how="anti"
    )
    zero = pl.lit(0)
    idle = idle.select(
        "model",
        "unit",
        "currency",
        "conversions_total",
        "value_total",
        *(zero.alias(name) for name in ("conversions", "value", "journeys", "converted")),
        *(zero.alias(name) for name in ("customers", "conversion_share")),
        pl.lit(value=True).alias("is_insufficient"),
    )
    every = pl.concat(
        [made, idle.cast({name: made.schema[name] for name in idle.columns})], how="diagonal"
    )
    ranks = {name: rank for rank, name in enumerate(made["model"].unique(maintain_order=True))}
    spend = pl.col("spend").cast(pl.Float64)
    roas = {
        f"roas{end}": (pl.col(f"value{end}").cast(pl.Float64) / spend).round_sig_figs(
            SIGNIFICANT_DIGITS
        )
        for end in ("", "_low", "_high")
    }
    has_spend = (pl.col("spend") > 0) & (pl.col("unit") != NONE)
    return (
        every.join(spent, on=["unit", "currency"], how="left")
        .with_columns(
            **{name: pl.when(has_spend).then(ratio) for name, ratio in roas.items()},
            **{
                name.replace("roas", "roi"): pl.when(has_spend).then(ratio - 1)
                for name, ratio in roas.items()
            },
            cost_per_conversion=pl.when(has_spend & (pl.col("conversions") > 0)).then(
                (spend / pl.col("conversions").cast(pl.Float64)).round_sig_figs(SIGNIFICANT_DIGITS)
            ),
            spend_first_date=pl.lit(days.first),
            spend_last_date=pl.lit(days.last),
        )
        .sort(
            pl.col("model").replace_strict(ranks, return_dtype=pl.Int64),
            "currency",
            pl.col("unit") == NONE,
            "conversions",
            "unit",
            descending=[False, False, False, True, False],
            nulls_last=True,
        )
    )
