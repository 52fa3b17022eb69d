"""Bootstrap over random groups of customers: as sure as over customers, at a fixed cost."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.customer_sums import poisson_block, replicate_salts
from journeylab.analysis.resampling import REPLICATES

#: Groups of customers that are drawn whole, as ``analysis.customer_samples`` makes them.
SAMPLES: Final = 1024


def sample_weights(*, seed: int, purpose: str) -> NDArray[np.float64]:
    """How often each of the 1,024 groups of customers enters each replicate, a row a replicate.

    Drawing random groups of customers whole gives the same standard errors as drawing
    customers, at a cost that does not grow with their number.
    """
    samples = np.arange(SAMPLES, dtype=np.uint64)
    salts = replicate_salts(seed=seed, purpose=purpose, replicates=REPLICATES)
    return poisson_block(samples, salts).T


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
    table = np.zeros((size, SAMPLES))
    numbers = samples["sample_number"].to_numpy().astype(np.intp)
    np.add.at(table, (places, numbers), samples[column].to_numpy().astype(np.float64))
    return table
