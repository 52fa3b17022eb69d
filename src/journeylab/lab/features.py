"""Sums of single journeys that comparisons add up, kept where they are asked for often."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from journeylab.analysis.comparison import Sums, are_exact
from journeylab.lab.cells import Choice

_KEY: Final = ("feature", "from_node", "to_node")


@dataclass(frozen=True, slots=True, eq=False)
class JourneySums:
    """What journeys did: cells by feature, customer and journey; those of a customer make a group.

    Attributes:
        keys: feature, from_node and to_node, sorted.
        hashes: 64 bits of a hash of each customer's id, ascending.
        journeys: of each cell, where the journey stands in the snapshot.
        amounts: of each cell; in 32 bits where all their sums are exact so.
        is_exact: of each row of ``keys``, whether they are.
        groups: where the cells of a feature and a customer begin.
        starts: of each row of ``keys``, where its groups begin; and where the last one's end.
        customers: of each group, the place of its customer.
    """

    keys: pl.DataFrame
    hashes: NDArray[np.uint64]
    journeys: NDArray[np.int32]
    amounts: NDArray[np.floating[Any]]
    is_exact: NDArray[np.bool_]
    groups: NDArray[np.int32]
    starts: NDArray[np.int64]
    customers: NDArray[np.int32]

    def of_sides(self, sides: NDArray[np.int8]) -> Sums:
        """The sums of each customer in two groups of journeys.

        Args:
            sides: 1 or 2 where a journey of the snapshot is in group a or b, else 0.
        """
        side = sides[self.journeys]
        a, b = (
            np.add.reduceat(self.amounts * (side == of), self.groups)
            if len(self.groups)
            else self.amounts
            for of in (1, 2)
        )
        tables = [(sums, np.flatnonzero(sums != 0)) for sums in (a, b, a - b)]
        bounds = [np.searchsorted(groups, self.starts) for _, groups in tables]
        kept = np.flatnonzero((np.diff(bounds[0]) > 0) | (np.diff(bounds[1]) > 0))
        occurs = np.zeros(len(self.hashes), dtype=bool)
        for _, groups in tables[:2]:
            occurs[self.customers[groups]] = True
        number = (np.cumsum(occurs) - 1).astype(np.int32)
        shape = (int(occurs.sum()), len(kept) + 1)
        of_a, of_b, gaps = (
            sparse.csc_array(
                (
                    sums[groups],
                    number[self.customers[groups]],
                    np.append(ends[kept], [len(groups)] * 2),
                ),
                shape,
            )
            for (sums, groups), ends in zip(tables, bounds, strict=True)
        )
        return Sums(
            self.keys[kept],
            self.hashes[occurs],
            (of_a, of_b),
            gaps.T.tocsc(),
            np.append(self.is_exact[kept], True),
        )

    def weekly_moves(self, choice: Choice, weeks: pl.Series) -> pl.DataFrame:
        """Moves by the week in which the journey started, where these are sums of edges.

        Args:
            choice: of journeys; those about help alone are left out.
            weeks: Mondays of the weeks in which they started, ascending.

        Returns:
            Rows as ``lab.weekly_moves``.
        """
        journeys = choice.journeys
        asked = choice.chosen & ~journeys.service
        week_of = np.full(1 + journeys.rows.max(initial=-1), -1, dtype=np.int16)
        mondays = weeks.to_physical().to_numpy()
        week_of[journeys.rows[asked]] = np.searchsorted(mondays, journeys.weeks[asked])
        is_move = (self.keys["feature"] == "transitions").to_numpy()
        size = self.keys.height
        counts = np.zeros((len(weeks), size), dtype=np.int64)
        ends = np.append(self.groups, len(self.journeys))[self.starts]
        for place in np.flatnonzero(is_move):
            some = slice(ends[place], ends[place + 1])
            week = week_of[self.journeys[some]]
            told = np.bincount(week + 1, self.amounts[some], minlength=len(weeks) + 1)
            counts[:, place] = told[1:]
        seen = np.flatnonzero(counts)
        return self.keys[seen % size].select(
            weeks[seen // size],
            "from_node",
            "to_node",
            pl.Series("transitions", counts.ravel()[seen]),
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
    owners = placed["place"].to_numpy().astype(np.int64) * len(hashes) + customers
    order = np.argsort(owners, kind="stable")
    owners = owners[order]
    groups = np.flatnonzero(np.diff(owners, prepend=-1))
    amounts = features["amount"].to_numpy()
    is_exact = are_exact(placed["place"].to_numpy(), amounts, keys.height)
    of_group = (owners[groups] % max(len(hashes), 1)).astype(np.int32)
    return JourneySums(
        keys=keys.drop("place"),
        hashes=hashes,
        journeys=features["row_number"].to_numpy()[order].astype(np.int32),
        amounts=amounts[order].astype(np.float32 if is_exact.all() else np.float64),
        is_exact=is_exact,
        groups=groups.astype(np.int32),
        starts=np.searchsorted(owners[groups], np.arange(keys.height + 1) * len(hashes)),
        customers=of_group,
    )
