"""Sums of single journeys that comparisons add up, kept where they are asked for often."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from journeylab.analysis.comparison import Sums

_KEY: Final = ("feature", "from_node", "to_node")
_SIDES: Final = ("a", "b")


@dataclass(frozen=True, slots=True, eq=False)
class JourneySums:
    """What journeys did, as cells of a sparse table.

    Attributes:
        keys: feature, from_node and to_node, sorted.
        hashes: 64 bits of a hash of each customer's id, ascending.
        journeys: of each cell, where the journey stands in the snapshot.
        customers: of each cell, the place of its customer.
        places: of each cell, the row of ``keys``.
        amounts: of each cell.
    """

    keys: pl.DataFrame
    hashes: NDArray[np.uint64]
    journeys: NDArray[np.int64]
    customers: NDArray[np.int64]
    places: NDArray[np.int64]
    amounts: NDArray[np.float64]

    def of_sides(self, members: pl.DataFrame) -> Sums:
        """The sums of each customer in two groups of journeys.

        Args:
            members: ``side`` (``a`` or ``b``) and ``row_number`` of each journey.
        """
        rows = members["row_number"].to_numpy()
        size = 1 + max(rows.max(initial=0), self.journeys.max(initial=0))
        sides = np.zeros(size, dtype=np.int8)
        sides[rows] = np.where((members["side"] == "a").to_numpy(), 1, 2)
        side = sides[self.journeys]
        cells = np.flatnonzero(side)
        customers, owners = _renumbered(self.customers[cells], len(self.hashes))
        kept, places = _renumbered(self.places[cells], self.keys.height)
        amounts, side = self.amounts[cells], side[cells]
        shape = (len(customers), len(kept) + 1)
        return Sums(
            self.keys[kept],
            self.hashes[customers],
            tuple(
                sparse.csc_array(
                    (amounts[side == of], (owners[side == of], places[side == of])), shape
                )
                for of in (1, 2)
            ),
        )


class KeptSums:
    """Sums of all journeys of one snapshot, each made when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[str, JourneySums] = {}
        self._lock = threading.Lock()

    def of(self, name: str, make: Callable[[], pl.DataFrame]) -> JourneySums:
        """The sums of that name; ``make`` gives their rows, as ``journey_sums`` takes them."""
        with self._lock:
            if name not in self._made:
                self._made[name] = journey_sums(make())
            return self._made[name]


def journey_sums(features: pl.DataFrame) -> JourneySums:
    """Rows of row_number, customer_hash, feature, from_node, to_node and amount -> sums."""
    keys = features.select(_KEY).unique().sort(_KEY, nulls_last=True).with_row_index("place")
    placed = features.join(keys, on=_KEY, how="left", nulls_equal=True, maintain_order="left")
    hashes, customers = np.unique(features["customer_hash"].to_numpy(), return_inverse=True)
    return JourneySums(
        keys=keys.drop("place"),
        hashes=hashes,
        journeys=features["row_number"].to_numpy().astype(np.int64),
        customers=customers.astype(np.int64),
        places=placed["place"].to_numpy().astype(np.int64),
        amounts=features["amount"].to_numpy(),
    )


def _renumbered(told: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers that occur, ascending, and the place of each among them."""
    occurs = np.zeros(size, dtype=bool)
    occurs[told] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[told]
