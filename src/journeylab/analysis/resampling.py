"""Samples per journey -> intervals by resampling whole customers. Pure functions, no I/O."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from journeylab.analysis.statistics import significant

REPLICATES: Final = 200
#: Bounds of the two-sided 95 % interval, as quantiles of the replicates.
BOUNDS: Final = (0.025, 0.975)

_CUSTOMERS_PER_BLOCK: Final = 1_024  # their draws stay in cache


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Amounts per customer and item, those that are not 0.

    Attributes:
        places: of each cell, the place of its customer among all; ascending.
        items: of each cell, its item, from 0.
        amounts: one row per measure, one column per cell.
        size: number of items.
    """

    places: NDArray[np.intp]
    items: NDArray[np.intp]
    amounts: NDArray[np.float64]
    size: int


_SCHEMA: Final = {
    "kpi": pl.String,
    "currency": pl.String,
    "low": pl.Float64,
    "high": pl.Float64,
}

# P(Poisson(1) <= k) for k = 0, 1, …; the tail beyond the last is under 1e-13.
_POISSON_CDF: Final = np.cumsum(
    np.exp(-1.0) / np.concatenate(([1.0], np.cumprod(np.arange(1.0, 16.0))))
)

#: Weight of a draw by its leading 16 bits; those in which a bound of the CDF lies are looked up.
_LEADING: Final = np.searchsorted(_POISSON_CDF, np.arange(2**16) / 2.0**16, side="right").astype(
    np.float64
)
_UNDECIDED: Final = np.zeros(2**16, dtype=bool)
_UNDECIDED[(_POISSON_CDF * 2**16).astype(np.int64).clip(max=2**16 - 1)] = True


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
    mixed = _mixed(customers ^ _salt(seed, purpose, replicate))
    return _looked_up(mixed).astype(np.int64)


def poisson_block(customers: NDArray[np.uint64], salts: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The draws of ``poisson_weights`` for many replicates at once, several times as fast.

    Args:
        customers: 64-bit hash of each customer's id; some thousands at a time stay in cache.
        salts: of ``replicate_salts``.

    Returns:
        One row per customer, one column per replicate.
    """
    mixed = _mixed(customers[:, np.newaxis] ^ salts)
    leading = mixed >> np.uint64(48)
    weights: NDArray[np.float64] = _LEADING[leading]
    undecided = _UNDECIDED[leading]
    weights[undecided] = _looked_up(mixed[undecided])
    return weights


def replicate_salts(*, seed: int, purpose: str, replicates: int) -> NDArray[np.uint64]:
    """What tells the draws of each replicate apart."""
    return np.array([_salt(seed, purpose, number) for number in range(replicates)], np.uint64)


def weighted_sums(
    customers: NDArray[np.uint64], tables: Sequence[Cells], salts: NDArray[np.uint64]
) -> list[NDArray[np.float64]]:
    """Sums over customers per item, as they are and in each replicate.

    A sparse product of (item, customer) with the draws, a block of customers at a time, so
    that no more than one block of draws is held.

    Args:
        customers: 64-bit hash of each customer's id.
        tables: what is summed.
        salts: of ``replicate_salts``.

    Returns:
        Per table an array of shape (measures, items, replicates + 1); the first column has
        every customer once.
    """
    sums = [np.zeros((len(table.amounts), table.size, len(salts) + 1)) for table in tables]
    for first in range(0, len(customers), _CUSTOMERS_PER_BLOCK):
        block = customers[first : first + _CUSTOMERS_PER_BLOCK]
        weights = np.ones((len(block), len(salts) + 1))
        weights[:, 1:] = poisson_block(block, salts)
        for table, summed in zip(tables, sums, strict=True):
            begin, end = np.searchsorted(table.places, (first, first + len(block)))
            within = (table.items[begin:end], table.places[begin:end] - first)
            for measure, amount in enumerate(table.amounts):
                told = csr_array((amount[begin:end], within), shape=(table.size, len(block)))
                summed[measure] += told @ weights
    return sums


def hash_shares(customers: NDArray[np.uint64], *, seed: int, purpose: str) -> NDArray[np.float64]:
    """A uniform draw from [0, 1) per customer, for splits into parts."""
    mixed = _mixed(customers ^ _salt(seed, purpose, 0))
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53


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
    """Intervals of means and medians over journeys, by a Poisson bootstrap over customers.

    Args:
        samples: one row per (kpi, currency, journey): ``kpi``, ``statistic`` (``mean`` or
            ``median``), ``currency`` (null for none), ``customer_hash``, ``amount``.
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


def _figure(
    statistic: str, amounts: NDArray[np.float64], weights: NDArray[np.int64]
) -> float | None:
    if statistic == "median":
        return weighted_median(amounts, weights)
    total = int(weights.sum())
    return float((amounts * weights).sum() / total) if total else None


def _salt(seed: int, purpose: str, replicate: int) -> np.uint64:
    told = f"{seed}|{purpose}|{replicate}".encode()
    return np.uint64(int.from_bytes(hashlib.md5(told, usedforsecurity=False).digest()[:8], "big"))


def _looked_up(mixed: NDArray[np.uint64]) -> NDArray[np.intp]:
    uniform = (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
    return np.searchsorted(_POISSON_CDF, uniform, side="right")


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64: every bit of the input stirs every bit of the output."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed
