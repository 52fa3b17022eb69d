"""Amounts per group of customers -> sums over them, as they are and resampled. Pure, no I/O.

Customers are drawn in 1,024 random groups: as sure as drawing them one by one, at a cost that does
not grow with their number.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from journeylab.analysis.resampling import REPLICATES, mixed, poisson, salt

#: Groups of customers that are drawn whole, as ``analysis.customer_samples`` makes them.
SAMPLES: Final = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Amounts per item and group of customers, those that are not 0; cells of one place add up.

    Attributes:
        items: of each cell, its item, from 0.
        groups: of each cell, its group of customers.
        amounts: one row per measure, one column per cell.
        size: number of items.
    """

    items: NDArray[np.intp]
    groups: NDArray[np.intp]
    amounts: NDArray[np.float64]
    size: int


def groups_of(customers: NDArray[np.uint64]) -> NDArray[np.intp]:
    """The group of each customer.

    Args:
        customers: 64-bit hash of each customer's id.
    """
    return (customers % np.uint64(SAMPLES)).astype(np.intp)


@lru_cache(maxsize=16)
def sample_weights(*, seed: int, purpose: str, replicates: int = REPLICATES) -> NDArray[np.float64]:
    """How often each of the 1,024 groups of customers enters each replicate, a row a replicate.

    Drawing random groups of customers whole gives the same standard errors as drawing
    customers, at a cost that does not grow with their number. The last ones are remembered.
    """
    samples = np.arange(SAMPLES, dtype=np.uint64)
    salts = [salt(seed, purpose, number) for number in range(replicates)]
    drawn = mixed(samples ^ np.array(salts, np.uint64)[:, np.newaxis])
    weights = poisson(drawn).astype(np.float64)
    weights.flags.writeable = False
    return weights


def replicated(cells: Cells, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over groups per item, as they are and in each replicate.

    Args:
        cells: what is summed.
        weights: of ``sample_weights``.

    Returns:
        An array of shape (measures, items, replicates + 1); the first column has every group
        once.
    """
    every = np.vstack([np.ones((1, SAMPLES)), weights]).T
    shape = (cells.size, SAMPLES)
    return np.stack(
        [csr_array((one, (cells.items, cells.groups)), shape) @ every for one in cells.amounts]
    )


def sample_sums(
    places: NDArray[np.intp], size: int, samples: pl.DataFrame, column: str
) -> NDArray[np.float64]:
    """Sums of a column, one row per item and one column per group of customers.

    Args:
        places: row of the item that each row of ``samples`` is of.
        size: number of items.
        samples: one row per (item, group) with ``sample_number`` and the column.
        column: what is summed.
    """
    numbers = samples["sample_number"].to_numpy().astype(np.intp)
    amounts = samples[column].to_numpy().astype(np.float64)
    summed = np.bincount(places * SAMPLES + numbers, amounts, minlength=size * SAMPLES)
    return summed.reshape(size, SAMPLES).astype(np.float64)
