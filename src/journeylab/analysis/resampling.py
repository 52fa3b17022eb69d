"""Samples per journey -> intervals by resampling whole customers. Pure functions, no I/O."""

import hashlib
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.statistics import significant

REPLICATES: Final = 200
#: Bounds of the two-sided 95 % interval, as quantiles of the replicates.
BOUNDS: Final = (0.025, 0.975)


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

# P(Poisson(1) <= k) for k = 0, 1, …; the tail beyond the last is under 1e-13.
POISSON_CDF: Final = np.cumsum(
    np.exp(-1.0) / np.concatenate(([1.0], np.cumprod(np.arange(1.0, 16.0))))
)


def poisson_weights(
    customers: NDArray[np.uint64], *, seed: int, purpose: str, replicate: int
) -> NDArray[np.int64]:
    """How often each customer enters one replicate: Poisson with mean 1.

    A draw is a hash of (seed, purpose, customer, replicate) and of nothing else, so the
    order of the rows, the number of threads and the night do not matter.

    Args:
        customers: 64-bit hash of each customer's id.
        seed: the run's seed.
        purpose: name of the figure, so that figures draw apart.
        replicate: number of the replicate, from 0.

    Source:
        Chamandy et al.: Estimating uncertainty for massive data streams (2012); mixing by
        Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
    """
    return poisson(draws(customers, seed=seed, purpose=purpose, replicate=replicate))


def hash_shares(customers: NDArray[np.uint64], *, seed: int, purpose: str) -> NDArray[np.float64]:
    """A uniform draw from [0, 1) per customer, for splits into parts."""
    drawn = draws(customers, seed=seed, purpose=purpose, replicate=0)
    return (drawn >> np.uint64(11)).astype(np.float64) / 2.0**53


def draws(
    customers: NDArray[np.uint64], *, seed: int, purpose: str, replicate: int
) -> NDArray[np.uint64]:
    """64 random bits for each customer: a hash of what is given, and of nothing else."""
    return mixed(customers ^ salt(seed, purpose, replicate))


def salt(seed: int, purpose: str, replicate: int) -> np.uint64:
    """What tells one replicate's draws from those of all others."""
    told = f"{seed}|{purpose}|{replicate}".encode()
    return np.uint64(int.from_bytes(hashlib.md5(told, usedforsecurity=False).digest()[:8], "big"))


def poisson(drawn: NDArray[np.uint64]) -> NDArray[np.int64]:
    """64 random bits each -> numbers of a Poisson distribution with mean 1."""
    uniform = (drawn >> np.uint64(11)).astype(np.float64) / 2.0**53
    return np.searchsorted(POISSON_CDF, uniform, side="right").astype(np.int64)


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64: every bit of the input stirs every bit of the output."""
    stirred = values + np.uint64(0x9E3779B97F4A7C15)
    stirred ^= stirred >> np.uint64(30)
    stirred *= np.uint64(0xBF58476D1CE4E5B9)
    stirred ^= stirred >> np.uint64(27)
    stirred *= np.uint64(0x94D049BB133111EB)
    stirred ^= stirred >> np.uint64(31)
    return stirred


def weighted_median(ordered: NDArray[np.float64], weights: NDArray[np.int64]) -> float | None:
    """Median of a sample in which each value stands ``weights`` times.

    Args:
        ordered: values in ascending order.
        weights: how often each stands, in the same order.

    Returns:
        The middle value, or the mean of the two middle ones; None when all weights are 0.
    """
    standing = np.cumsum(weights)
    total = int(standing[-1]) if len(standing) else 0
    if total == 0:
        return None
    lower = ordered[np.searchsorted(standing, (total - 1) // 2, side="right")]
    upper = ordered[np.searchsorted(standing, total // 2, side="right")]
    return float((lower + upper) / 2)


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
    in_order = samples.sort("kpi", "currency", "amount", "customer_hash")
    rows = []
    for (kpi, currency, statistic), group in in_order.group_by(
        "kpi", "currency", "statistic", maintain_order=True
    ):
        hashes, place = np.unique(group["customer_hash"].to_numpy(), return_inverse=True)
        amounts = group["amount"].to_numpy()
        low: float | None = None
        high: float | None = None
        if len(hashes) > 1:
            figures = []
            for replicate in range(REPLICATES):
                weights = poisson_weights(hashes, seed=seed, purpose=str(kpi), replicate=replicate)[
                    place
                ]
                figure = _figure(str(statistic), amounts, weights)
                if figure is not None:
                    figures.append(figure)
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
    in_order = samples.sort("item", "amount", "customer_hash")
    items, group = np.unique(in_order["item"].to_numpy(), return_inverse=True)
    hashes, place = np.unique(in_order["customer_hash"].to_numpy(), return_inverse=True)
    amounts = in_order["amount"].to_numpy()
    ends = np.cumsum(np.bincount(group))
    figures = np.full((REPLICATES, len(items)), np.nan)
    for replicate in range(REPLICATES):
        drawn = poisson_weights(hashes, seed=seed, purpose="medians", replicate=replicate)
        standing = np.concatenate(([0], np.cumsum(drawn[place])))
        last = standing[ends]
        first = np.concatenate(([0], last[:-1]))
        kept = last > first
        middles = [
            amounts[np.searchsorted(standing[1:], (first + last - odd)[kept] // 2, side="right")]
            for odd in (1, 0)
        ]
        figures[replicate, kept] = (middles[0] + middles[1]) / 2
    several = samples.group_by("item").agg(pl.col("customer_hash").n_unique()).sort("item")
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


def _figure(
    statistic: str, amounts: NDArray[np.float64], weights: NDArray[np.int64]
) -> float | None:
    if statistic == "median":
        return weighted_median(amounts, weights)
    if statistic == "gain":
        return float((amounts * weights).sum() - 1)
    total = int(weights.sum())
    return float((amounts * weights).sum() / total) if total else None
