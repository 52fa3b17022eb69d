"""Amounts per customer -> sums over them, as they are and resampled. Pure functions, no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from journeylab.analysis.resampling import mixed, poisson, salt

_CUSTOMERS_PER_BLOCK: Final = 1_024
_DRAWN_AT_A_TIME: Final = 128  # customers whose draws stay in the nearest cache


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


def poisson_block(customers: NDArray[np.uint64], salts: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The draws of ``poisson_weights`` for many replicates at once, several times as fast.

    Args:
        customers: 64-bit hash of each customer's id.
        salts: of ``replicate_salts``.

    Returns:
        One row per customer, one column per replicate.
    """
    weights = np.empty((len(customers), len(salts)))
    for first in range(0, len(customers), _DRAWN_AT_A_TIME):
        drawn = mixed(customers[first : first + _DRAWN_AT_A_TIME, np.newaxis] ^ salts)
        weights[first : first + _DRAWN_AT_A_TIME] = poisson(drawn)
    return weights


def replicate_salts(*, seed: int, purpose: str, replicates: int) -> NDArray[np.uint64]:
    """What tells the draws of each replicate apart."""
    return np.array([salt(seed, purpose, number) for number in range(replicates)], np.uint64)


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
