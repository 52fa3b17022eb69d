"""Sums of single journeys that comparisons add up, kept where they are asked for often."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from journeylab.analysis.comparison import Sums
from journeylab.lab.remembering import Remembered

_KEY: Final = ("feature", "from_node", "to_node")
_SIDES: Final = ("a", "b")
_PAIRS: Final = 8  # of groups, of which it is remembered who is in them


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

    def weekly_moves(self, weeks: pl.DataFrame) -> pl.DataFrame:
        """Moves by the week in which the journey started, where these are sums of edges.

        Args:
            weeks: ``row_number`` and ``week_start_date`` of the journeys counted.

        Returns:
            Rows as ``lab.weekly_moves``.
        """
        names = weeks["week_start_date"].unique().sort()
        rows = weeks["row_number"].to_numpy()
        week_of = np.full(1 + max(rows.max(initial=0), self.journeys.max(initial=0)), -1)
        week_of[rows] = names.search_sorted(weeks["week_start_date"]).to_numpy()
        is_move = (self.keys["feature"] == "transitions").to_numpy()
        cells = np.flatnonzero(is_move[self.places] & (week_of[self.journeys] >= 0))
        size = self.keys.height
        counts = np.bincount(
            week_of[self.journeys[cells]] * size + self.places[cells],
            weights=self.amounts[cells],
            minlength=size * len(names),
        ).astype(np.int64)
        seen = np.flatnonzero(counts)
        return self.keys[seen % size].select(
            names[seen // size].alias("week_start_date"),
            "from_node",
            "to_node",
            pl.Series("transitions", counts[seen]),
        )


class KeptSums:
    """Sums of all journeys of one snapshot, each made when it is first asked for.

    Attributes:
        remembered: which journeys are compared: each pair of groups is asked for three times.
    """

    def __init__(self) -> None:
        self.remembered = Remembered[Any](_PAIRS)
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
