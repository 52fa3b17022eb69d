"""Samples per journey -> intervals by resampling groups of customers. Pure functions, no I/O."""

from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from journeylab.analysis.customer_groups import (
    SAMPLES,
    Cells,
    groups_of,
    replicated,
    sample_weights,
)
from journeylab.analysis.resampling import BOUNDS
from journeylab.analysis.statistics import significant

Floats = NDArray[np.float64]

#: Share of an item's samples, in the middle of them, that fall into parts of some 1,024 samples;
#: those before and after make one part each: few medians of replicates lie there.
_MIDDLE: Final = 0.2
_MOST_PARTS: Final = 1_024
_SAMPLES_OF_A_PART: Final = 1_024

_SCHEMA: Final = {
    "kpi": pl.String,
    "currency": pl.String,
    "low": pl.Float64,
    "high": pl.Float64,
}

_RATIO_SCHEMA: Final = {
    "item": pl.String,
    "n": pl.Int64,
    "customers": pl.Int64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}

_MEDIAN_SCHEMA: Final = {"item": pl.String, "low": pl.Float64, "high": pl.Float64}


def kpi_intervals(samples: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """Intervals of figures over journeys or conversations, by a Poisson bootstrap over customers.

    Args:
        samples: one row per (kpi, currency, sample): ``kpi``, ``statistic`` (``mean``,
            ``median``, or ``gain``: the sum less 1), ``currency`` (null for none),
            ``customer_hash``, ``amount``.
        seed: the run's seed.

    Returns:
        Per (kpi, currency), sorted so: ``low`` and ``high``, the 2.5th and 97.5th percentile
        of 200 replicates; null below two customers.
    """
    named = ["kpi", "currency", "statistic"]
    kinds = samples.select(named).unique().sort(named)
    coded = samples.with_columns(pl.col(named).cast(pl.Categorical))  # compared as numbers
    rows = []
    for told in kinds.iter_rows():
        kpi, currency, statistic = told
        group = coded.filter(
            *(pl.col(name).eq_missing(value) for name, value in zip(named, told, strict=True))
        )
        customers = group["customer_hash"].to_numpy()
        low: float | None = None
        high: float | None = None
        if (customers != customers[0]).any():
            weights = sample_weights(seed=seed, purpose=kpi)
            amounts = group["amount"].to_numpy()
            figures = _figures(statistic, amounts, groups_of(customers), weights)
            low, high = (float(bound) for bound in np.quantile(figures, BOUNDS))
        rows.append(
            {
                "kpi": kpi,
                "currency": currency,
                "low": significant(low),
                "high": significant(high),
            }
        )
    return pl.DataFrame(rows, schema=_SCHEMA)


def median_intervals(samples: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """Intervals of the medians of many items at once, by a bootstrap over customers.

    Args:
        samples: one row a sample: ``item``, ``customer_hash``, ``amount``.
        seed: the run's seed.

    Returns:
        Per item, sorted so: ``low`` and ``high``, the 2.5th and 97.5th percentile of 200
        replicates; null below two customers. One customer is drawn alike for all items.
    """
    if samples.is_empty():
        return pl.DataFrame(schema=_MEDIAN_SCHEMA)
    items = samples["item"].unique().sort()
    item = samples["item"].cast(pl.Enum(items)).to_physical().to_numpy().astype(np.intp)
    customers = samples["customer_hash"].to_numpy()
    one = np.empty(len(items), dtype=customers.dtype)
    one[item] = customers
    is_several = np.bincount(item, customers != one[item]) > 0
    weights = sample_weights(seed=seed, purpose="medians")
    amounts = samples["amount"].to_numpy()
    figures = resampled_medians(item, amounts, groups_of(customers), weights)
    low, high = _bounds(figures, is_several)
    return pl.DataFrame({"item": items, "low": low, "high": high}, schema=_MEDIAN_SCHEMA)


def ratio_intervals(samples: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """Means with their intervals for many items at once, by a bootstrap over customers.

    Args:
        samples: one row per (item, customer): ``item``, ``customer_hash``, ``amount`` (a whole
            number) and ``n``, how many the amount is the sum of.
        seed: the run's seed.

    Returns:
        Per item, sorted so: ``n``, ``customers``, ``value`` = sum of amounts / sum of n, and
        ``low`` and ``high``, the 2.5th and 97.5th percentile of 200 replicates; null below two
        customers. One customer is drawn alike for all items.
    """
    if samples.is_empty():
        return pl.DataFrame(schema=_RATIO_SCHEMA)
    items, item = np.unique(samples["item"].to_numpy(), return_inverse=True)
    amounts = samples.select(pl.col("amount", "n").cast(pl.Float64)).to_numpy().T
    cells = Cells(item, groups_of(samples["customer_hash"].to_numpy()), amounts, len(items))
    sums, counts = replicated(cells, sample_weights(seed=seed, purpose="nps"))
    with np.errstate(divide="ignore", invalid="ignore"):
        means = (sums / counts).T
    value, figures = means[0], means[1:]
    total, customers = counts[:, 0], np.bincount(item)
    low, high = _bounds(figures, customers > 1)
    return pl.DataFrame(
        {
            "item": items,
            "n": total.astype(np.int64),
            "customers": customers,
            "value": [significant(float(figure)) for figure in value],
            "low": low,
            "high": high,
        },
        schema=_RATIO_SCHEMA,
    )


def resampled_medians(
    items: NDArray[np.intp],
    amounts: Floats,
    groups: NDArray[np.intp],
    weights: Floats,
) -> Floats:
    """Medians of the samples of items in each replicate of the groups of customers.

    The samples of an item fall in order into parts, small ones in the middle. Sums over the groups
    tell in which part the median of each replicate lies; only the samples of those are looked at
    one by one.

    Args:
        items: item of each sample, from 0 without holes.
        amounts: of each sample.
        groups: of each sample, the group of its customer.
        weights: of ``sample_weights``.

    Returns:
        One row per replicate, one column per item; NaN where no sample is drawn. A value
        that stands between two is their mean.
    """
    in_order = np.argsort(amounts)
    narrow = items[in_order].astype(np.min_scalar_type(int(items.max())))  # sorted in one pass
    in_order = in_order[np.argsort(narrow, kind="stable")]
    amounts, groups = amounts[in_order], groups[in_order]
    ends = np.cumsum(np.bincount(items))
    medians = np.zeros((len(weights), len(ends)))
    with threadpool_limits(limits=1):  # products this small take twice the time on two cores
        for item, (start, end) in enumerate(pairwise((0, *ends))):
            begins = _parts(start, end)
            cells = (
                np.repeat(np.arange(len(begins) - 1) * SAMPLES, np.diff(begins)) + groups[start:end]
            )
            counts = np.bincount(cells, minlength=(len(begins) - 1) * SAMPLES).reshape(-1, SAMPLES)
            standing = (counts.astype(np.float64) @ weights.T).cumsum(axis=0)
            total = standing[-1]
            is_drawn = total > 0
            for target in ((total - 1) // 2, total // 2):
                in_part = (standing <= target).sum(axis=0)
                for part in np.unique(in_part[is_drawn]):
                    replicates = np.flatnonzero((in_part == part) & is_drawn)
                    begin, after = begins[part : part + 2]
                    before = standing[part - 1, replicates] if part else 0.0
                    wanted = (target[replicates] - before)[:, np.newaxis]
                    stands = weights[np.ix_(replicates, groups[begin:after])].cumsum(axis=1)
                    medians[replicates, item] += amounts[begin + (stands <= wanted).sum(axis=1)] / 2
            medians[~is_drawn, item] = np.nan
    return medians


def _parts(start: int, end: int) -> NDArray[np.intp]:
    """Where the parts of an item's samples begin, and the end of the last.

    Args:
        start: place of the first of its samples.
        end: place after the last.
    """
    middle = int((end - start) * _MIDDLE)
    first = start + (end - start - middle) // 2
    parts = int(np.clip(middle // _SAMPLES_OF_A_PART, 1, _MOST_PARTS))
    inner = first + middle * np.arange(parts + 1) // parts
    return np.concatenate(([start], inner, [end]))


def _bounds(
    figures: NDArray[np.float64], is_known: NDArray[np.bool_]
) -> tuple[list[float | None], list[float | None]]:
    """Both bounds of each column of replicates; none where told, or without a replicate."""
    bounds = [
        np.quantile(column[~np.isnan(column)], BOUNDS)
        if known and not np.isnan(column).all()
        else None
        for column, known in zip(figures.T, is_known, strict=True)
    ]
    low, high = (
        [None if pair is None else significant(float(pair[side])) for pair in bounds]
        for side in (0, 1)
    )
    return low, high


def _figures(statistic: str, amounts: Floats, groups: NDArray[np.intp], weights: Floats) -> Floats:
    """A figure in each replicate; replicates without a sample are left out of it."""
    one = np.zeros(len(amounts), dtype=np.intp)
    if statistic == "median":
        medians = resampled_medians(one, amounts, groups, weights)[:, 0]
        return medians[~np.isnan(medians)]
    in_order = np.lexsort((amounts, groups))  # so that sums do not depend on the rows' order
    told = np.stack([amounts[in_order], np.ones(len(amounts))])
    sums, drawn = replicated(Cells(one, groups[in_order], told, 1), weights)[:, 0, 1:]
    if statistic == "gain":
        gains: Floats = sums - 1.0
        return gains
    means: Floats = sums[drawn > 0] / drawn[drawn > 0]
    return means
