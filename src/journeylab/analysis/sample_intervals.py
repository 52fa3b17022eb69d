"""Samples per journey -> intervals by resampling whole customers. Pure functions, no I/O."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.customer_sums import (
    Cells,
    poisson_block,
    replicate_salts,
    weighted_sums,
)
from journeylab.analysis.resampling import BOUNDS, REPLICATES, poisson_weights
from journeylab.analysis.statistics import significant

Floats = NDArray[np.float64]

#: Parts into which samples fall, those of each group into some of equal size and at least 16.
_PARTS: Final = 1_024
_LEAST_PARTS: Final = 16

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
    groups = samples.partition_by(named, as_dict=True)
    rows = []
    for kpi, currency, statistic in samples.select(named).unique().sort(named).iter_rows():
        group = groups[kpi, currency, statistic]
        hashes, places = np.unique(group["customer_hash"].to_numpy(), return_inverse=True)
        low: float | None = None
        high: float | None = None
        if len(hashes) > 1:
            amounts = group["amount"].to_numpy()
            salts = replicate_salts(seed=seed, purpose=kpi, replicates=REPLICATES)
            figures = _figures(statistic, amounts, hashes, places, salts)
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
    several = samples.group_by("item").agg(pl.col("customer_hash").n_unique()).sort("item")
    items = several["item"].to_list()
    numbers = dict(zip(items, range(len(items)), strict=True))
    group = samples["item"].replace_strict(numbers, return_dtype=pl.Int64).to_numpy()
    hashes, places = np.unique(samples["customer_hash"].to_numpy(), return_inverse=True)
    salts = replicate_salts(seed=seed, purpose="medians", replicates=REPLICATES)
    figures = resampled_medians(group, samples["amount"].to_numpy(), hashes, places, salts)
    low, high = _bounds(figures, several["customer_hash"].to_numpy() > 1)
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
    items, group = np.unique(samples["item"].to_numpy(), return_inverse=True)
    hashes, place = np.unique(samples["customer_hash"].to_numpy(), return_inverse=True)
    amounts, counts = samples["amount"].to_numpy(), samples["n"].to_numpy()
    customers = np.bincount(group)
    total = np.bincount(group, weights=counts)
    value = np.bincount(group, weights=amounts) / total
    figures = np.empty((REPLICATES, len(items)))
    for replicate in range(REPLICATES):
        weights = poisson_weights(hashes, seed=seed, purpose="nps", replicate=replicate)[place]
        with np.errstate(divide="ignore", invalid="ignore"):
            figures[replicate] = np.bincount(group, weights=weights * amounts) / np.bincount(
                group, weights=weights * counts
            )
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
    groups: NDArray[np.intp],
    amounts: Floats,
    customers: NDArray[np.uint64],
    places: NDArray[np.intp],
    salts: NDArray[np.uint64],
) -> Floats:
    """Medians of groups of samples in each replicate of the customers.

    The samples of a group fall in order into parts. Sums over the customers tell in which part
    the median of each replicate lies; only the samples of those are looked at one by one.

    Args:
        groups: group of each sample, from 0 without holes.
        amounts: of each sample.
        customers: 64-bit hash of each customer's id.
        places: of each sample, the place of its customer.
        salts: of ``replicate_salts``.

    Returns:
        One row per replicate, one column per group; NaN where no sample is drawn. A value
        that stands between two is their mean.
    """
    in_order = np.lexsort((amounts, groups))
    groups, amounts, places = groups[in_order], amounts[in_order], places[in_order]
    sizes = np.bincount(groups)
    firsts = np.concatenate(([0], np.cumsum(sizes)))
    ranks = np.arange(len(groups)) - firsts[groups]
    size = max(_PARTS // len(sizes), _LEAST_PARTS)
    parts = groups * size + ranks * size // sizes[groups]
    begins = np.searchsorted(parts, np.arange(len(sizes) * size + 1))
    by_place = np.argsort(places, kind="stable")
    ones = np.ones((1, len(parts)))
    cells = Cells(places[by_place], parts[by_place], ones, len(sizes) * size)
    drawn = weighted_sums(customers, [cells], salts)[0][0, :, 1:]
    standing = drawn.reshape(len(sizes), size, len(salts)).cumsum(axis=1)
    totals = standing[:, -1, :]
    medians = np.zeros((len(salts), len(sizes)))
    for target in ((totals - 1) // 2, totals // 2):
        within = (standing <= target[:, np.newaxis, :]).sum(axis=1)
        for group, in_part in enumerate(within):
            for part in np.unique(in_part[totals[group] > 0]):
                replicates = np.flatnonzero((in_part == part) & (totals[group] > 0))
                begin, end = begins[group * size + part : group * size + part + 2]
                before = standing[group, part - 1, replicates] if part else 0.0
                weights = poisson_block(customers[places[begin:end]], salts[replicates])
                passed = weights.cumsum(axis=0) <= target[group, replicates] - before
                medians[replicates, group] += amounts[begin + passed.sum(axis=0)] / 2
    medians[totals.T == 0] = np.nan
    return medians


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


def _figures(
    statistic: str,
    amounts: Floats,
    customers: NDArray[np.uint64],
    places: NDArray[np.intp],
    salts: NDArray[np.uint64],
) -> Floats:
    """A figure in each replicate; replicates without a sample are left out of it."""
    if statistic == "median":
        groups = np.zeros(len(amounts), dtype=np.intp)
        medians = resampled_medians(groups, amounts, customers, places, salts)[:, 0]
        return medians[~np.isnan(medians)]
    in_order = np.lexsort((amounts, places))
    told = np.stack([amounts[in_order], np.ones(len(amounts))])
    cells = Cells(places[in_order], np.zeros(len(amounts), dtype=np.intp), told, 1)
    sums, drawn = weighted_sums(customers, [cells], salts)[0][:, 0, 1:]
    if statistic == "gain":
        gains: Floats = sums - 1.0
        return gains
    means: Floats = sums[drawn > 0] / drawn[drawn > 0]
    return means
