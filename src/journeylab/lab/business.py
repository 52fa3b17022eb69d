"""The business figures that are of journeys, of some journeys alone."""

from collections.abc import Callable
from typing import Final

import polars as pl

from journeylab.analysis.sales_cycle import sales_cycle
from journeylab.analysis.sample_intervals import kpi_intervals
from journeylab.analysis.statistics import MIN_CUSTOMERS

#: Others are of customers, conversations, surveys, campaigns or a spend file.
KPIS: Final = (
    "revenue",
    "revenue_net",
    "average_order_value",
    "sales_cycle_p50_seconds",
    "sales_cycle_read_seconds",
)
_KEY: Final = ["kpi", "currency"]
_SEED: Final = 0  # as of every run


def kpis(published: pl.DataFrame, rows_of: Callable[[str], pl.DataFrame]) -> pl.DataFrame:
    """Rows as ``kpis``, of some journeys: ``KPIS`` alone.

    Args:
        published: ``kpis``, whose units and definitions are kept.
        rows_of: gives the rows of a query of sql/lab for these journeys.
    """
    orders, cycles = (rows_of(name) for name in ("chosen_orders", "chosen_cycle_times"))
    told = pl.concat([_money(orders), _cycle(cycles)], how="diagonal_relaxed")
    return (
        published.filter(pl.col("kpi").is_in(KPIS))
        .select(*_KEY, "unit", "definition")
        .join(told, on=_KEY, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(pl.col("n", "customers").fill_null(0))
        .with_columns(is_insufficient=pl.col("customers") < MIN_CUSTOMERS)
        .select(published.columns)
    )


def _money(orders: pl.DataFrame) -> pl.DataFrame:
    sums = orders.group_by("currency").agg(
        revenue=pl.col("value").sum().cast(pl.Float64),
        revenue_net=pl.col("value_net").sum().cast(pl.Float64),
        n=pl.len().cast(pl.Int64),
        customers=pl.col("customer_id").n_unique().cast(pl.Int64),
    )
    means = sums.with_columns(average_order_value=pl.col("revenue") / pl.col("n"))
    values = means.unpivot(
        ["revenue", "revenue_net", "average_order_value"],
        index=["currency", "n", "customers"],
        variable_name="kpi",
    )
    items = sums.select(
        "currency",
        "customers",
        item_number=pl.int_range(pl.len()),
        kpi=pl.lit("average_order_value"),
        statistic=pl.lit("mean"),
    )
    amounts = (
        orders.join(items, on="currency", nulls_equal=True)
        .group_by("item_number", "sample_number", amount=pl.col("value").cast(pl.Float64))
        .agg(n=pl.len())
    )
    bounds = kpi_intervals(items, amounts, seed=_SEED)
    return values.join(bounds, on=_KEY, how="left", nulls_equal=True)


def _cycle(times: pl.DataFrame) -> pl.DataFrame:
    return sales_cycle(times, seed=_SEED).with_columns(
        currency=pl.lit(None, dtype=pl.String),
        n=pl.lit(times.height, dtype=pl.Int64),
        customers=pl.lit(times["customer_id"].n_unique(), dtype=pl.Int64),
    )
