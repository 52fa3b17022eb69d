"""The business figures of days and weeks, of some journeys alone."""

from datetime import timedelta
from typing import Final

import polars as pl

from journeylab.analysis.statistics import MIN_CUSTOMERS, differences, intervals
from journeylab.lab import compile
from journeylab.warehouse import Warehouse

#: Figures that are of journeys; sessions and their customers are not.
KPIS: Final = ("conversion_rate", "journeys", "orders", "revenue")
_DAYS: Final = {"day": 1, "week": 7}
_COUNTS: Final = ("successes", "trials", "customers", "sum_xx", "sum_xn", "sum_nn")


def kpis_by(
    warehouse: Warehouse, published: pl.DataFrame, walked: pl.DataFrame, unit: str
) -> pl.DataFrame:
    """Rows as ``kpis_daily`` or ``kpis_weekly``, of some journeys.

    Args:
        warehouse: the snapshot.
        published: the table of all journeys, whose periods and currencies are kept.
        walked: rows of ``lab.walked_days`` of these journeys.
        unit: ``day`` or ``week``.

    Returns:
        Journeys, conversion, orders and revenue; what did not occur is 0, a share of nothing
        null. Sessions are not of journeys and are left out.
    """
    day = published.columns[0]
    query = compile.composed(compile.template("chosen_periods"), {})
    with warehouse.given("walked_days", walked):
        counted = warehouse.frame(query).rename({"first_day": day})
    key = [day, "kpi", "currency"]
    frame = published.filter(pl.col("kpi").is_in(KPIS)).select(*key, "unit", "is_immature")
    has_before = published.select(
        *key, is_compared=pl.col("value_before").is_not_null() | pl.col("change").is_not_null()
    )
    shares = _shares(counted.filter(kpi="conversion_rate"), day, _DAYS[unit])
    told = (
        frame.join(counted, on=key, how="left", nulls_equal=True, maintain_order="left")
        .join(has_before, on=key, how="left", nulls_equal=True, maintain_order="left")
        .join(shares, on=[day, "kpi"], how="left", maintain_order="left")
        .with_columns(
            value=pl.when(kpi="conversion_rate")
            .then("rate")
            .otherwise(pl.col("value").fill_null(0)),
            n=pl.col("trials").fill_null(0),
            customers=pl.col("customers").fill_null(0),
        )
        .with_columns(is_insufficient=pl.col("customers") < MIN_CUSTOMERS)
    )
    earlier = told.select(
        pl.col(day) + timedelta(days=_DAYS[unit]), "kpi", "currency", value_before="value"
    )
    compared = pl.col("is_compared") & ~pl.col("is_immature")
    return (
        told.join(earlier, on=key, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(value_before=pl.when(compared).then("value_before"))
        .with_columns(
            change=pl.when(kpi="conversion_rate")
            .then(pl.when(compared).then("difference"))
            .otherwise(pl.col("value") - pl.col("value_before")),
            change_low=pl.when(compared).then("change_low"),
            change_high=pl.when(compared).then("change_high"),
        )
        .select(published.columns)
    )


def _shares(counted: pl.DataFrame, day: str, days: int) -> pl.DataFrame:
    """Conversion of each period with its interval, and its change to the period before."""
    now = counted.select(
        pl.lit("conversion_with").alias("measure"),
        pl.col(day).cast(pl.String).alias("item"),
        *_COUNTS,
    )
    before = counted.select(
        pl.lit("conversion_without").alias("measure"),
        (pl.col(day) + timedelta(days=days)).cast(pl.String).alias("item"),
        *_COUNTS,
    )
    rates = intervals(now, before)
    changes = differences(rates).select("item", "difference", change_low="low", change_high="high")
    return (
        rates.filter(measure="conversion_with")
        .select("item", "rate", "low", "high", kpi=pl.lit("conversion_rate"))
        .join(changes, on="item", how="left")
        .with_columns(pl.col("item").str.to_date().alias(day))
        .drop("item")
    )
