"""Cohorts and periods, counted -> rates with intervals. Pure functions, no I/O."""

from typing import Final

import polars as pl

from journeylab.analysis.statistics import MIN_CUSTOMERS, SIGNIFICANT_DIGITS, wilson

_RATE: Final = "retention_rate"


def retention_rates(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells of cohorts with their rate, and below them the mean of all cohorts.

    Args:
        cells: as ``lab.retention``: one row per (cohort_date, period).

    Returns:
        The cells, then one row per period with a null ``cohort_date``: the customers and
        those retained of all cohorts whose cell is over, so that the mean is weighted by the
        size of the cohorts; periods for which none is are left out. ``retention_rate`` is
        retained ÷ customers, with its Wilson interval: a customer stands in one cohort. In
        period 0 it is 1 by definition.
    """
    over = cells.filter(~pl.col("is_immature"))
    means = (
        over.group_by("period")
        .agg(
            pl.col("customers", "retained").sum(),
            pl.col("is_start_unknown").any(),
        )
        .with_columns(
            pl.lit(None, pl.Date).alias("cohort_date"),
            pl.lit(None, pl.Date).alias("period_date"),
            pl.lit(value=False).alias("is_immature"),
        )
        .select(cells.columns)
        .sort("period")
    )
    told = _with_rate(pl.concat([cells, means]), "retained", "customers", _RATE)
    sure = pl.when(pl.col("period") == 0).then(1.0)
    return told.with_columns(
        sure.otherwise(f"{_RATE}_low").alias(f"{_RATE}_low"),
        is_insufficient=pl.col("customers") < MIN_CUSTOMERS,
    )


def lifecycle_rates(periods: pl.DataFrame) -> pl.DataFrame:
    """Periods with the share of the customers of the one before who came again.

    Args:
        periods: as ``lab.lifecycle``: one row per period.

    Returns:
        The periods with ``returning_rate`` = returning ÷ active in the period before, with
        its Wilson interval; null where nobody was.
    """
    return _with_rate(
        periods, "returning_customers", "active_customers_before", "returning_rate"
    ).with_columns(is_insufficient=pl.col("active_customers_before") < MIN_CUSTOMERS)


def _with_rate(table: pl.DataFrame, part: str, whole: str, name: str) -> pl.DataFrame:
    low, high = wilson(table[part].to_numpy(), table[whole].to_numpy())
    known = pl.col(whole) > 0
    rate = pl.col(part) / pl.col(whole)
    told = {f"{name}_low": pl.Series(low), f"{name}_high": pl.Series(high)}
    return table.with_columns(pl.when(known).then(rate).alias(name)).with_columns(
        pl.when(known).then(bound.round_sig_figs(SIGNIFICANT_DIGITS)).alias(column)
        for column, bound in told.items()
    )
