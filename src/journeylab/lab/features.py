"""Sums of single journeys that comparisons add up, kept where they are asked for often."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from journeylab.analysis.dealing import Deals
from journeylab.analysis.permuting import KEY, Sums, are_exact
from journeylab.lab.cells import Choice

#: Features that add up to another one of the same node, which need not be added up again.
_WHOLES: Final = {"transitions": "moves", "reached": "visits", "returns": "visits"}


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
        in_order: the groups by customer, then feature.
        features: of each of these, the row of ``keys``.
        firsts: of each customer, where its groups begin among them; and where the last one's end.
        wholes: of each row of ``keys``, the row that adds up it and others; -1 for none.
    """

    keys: pl.DataFrame
    hashes: NDArray[np.uint64]
    journeys: NDArray[np.int32]
    amounts: NDArray[np.floating[Any]]
    is_exact: NDArray[np.bool_]
    groups: NDArray[np.int32]
    starts: NDArray[np.int64]
    customers: NDArray[np.int32]
    in_order: NDArray[np.int32]
    features: NDArray[np.int32]
    firsts: NDArray[np.int64]
    wholes: NDArray[np.intp]

    def of_sides(self, sides: NDArray[np.int8]) -> Sums:
        """The sums of each customer in two groups of journeys.

        Args:
            sides: 1 or 2 where a journey of the snapshot is in group a or b, else 0.
        """
        a, b = (self._of_groups(sides, of) for of in (1, 2))
        filled = [np.flatnonzero(sums != 0) for sums in (a, b)]
        bounds = [np.searchsorted(groups, self.starts) for groups in filled]
        kept = np.flatnonzero((np.diff(bounds[0]) > 0) | (np.diff(bounds[1]) > 0))
        occurs = np.zeros(len(self.hashes), dtype=bool)
        for groups in filled:
            occurs[self.customers[groups]] = True
        number = (np.cumsum(occurs) - 1).astype(np.int32)
        shape = (int(occurs.sum()), len(kept) + 1)
        of_a, of_b = (
            sparse.csc_array(
                (
                    sums[groups],
                    number[self.customers[groups]],
                    np.append(ends[kept], [len(groups)] * 2).astype(np.int32),
                ),
                shape,
            )
            for sums, groups, ends in zip((a, b), filled, bounds, strict=True)
        )
        is_exact = np.append(self.is_exact[kept], True)
        gaps = self._by_customer(a - b, kept, occurs)
        place = np.full(self.keys.height + 1, -1)
        place[kept] = np.arange(len(kept))
        wholes = np.append(place[self.wholes[kept]], -1)
        return Sums(self.keys[kept], self.hashes[occurs], (of_a, of_b), gaps, is_exact, wholes)

    def _of_groups(self, sides: NDArray[np.int8], of: int) -> NDArray[np.floating[Any]]:
        """Sums over the journeys of one side, of each group."""
        if not len(self.groups):
            return self.amounts
        is_side = sides == of
        if self.amounts.dtype == np.float32:  # sums are exact in any order
            cells = (self.amounts, self.journeys, np.append(self.groups, len(self.amounts)))
            sums = sparse.csr_array(cells, (len(self.groups), len(sides)))
            told: NDArray[np.floating[Any]] = sums @ is_side.astype(np.float32)
        else:
            told = np.add.reduceat(self.amounts * is_side[self.journeys], self.groups)
        return told

    def _by_customer(
        self,
        gaps: NDArray[np.floating[Any]],
        kept: NDArray[np.intp],
        occurs: NDArray[np.bool_],
    ) -> Any:  # noqa: ANN401 - sparse
        """What differs, features down and customers across."""
        in_order = gaps[self.in_order]
        differs = in_order != 0
        place = np.zeros(self.keys.height, dtype=np.int32)
        place[kept] = np.arange(len(kept))
        before = np.zeros(len(gaps) + 1, dtype=np.int32)
        np.cumsum(differs, dtype=np.int32, out=before[1:])
        ends = np.append(before[self.firsts[:-1][occurs]], before[-1])
        cells = (in_order[differs], place[self.features[differs]], ends)
        return sparse.csc_array(cells, (len(kept) + 1, int(occurs.sum())))

    def weekly_moves(self, choice: Choice, weeks: pl.Series) -> NDArray[np.int64]:
        """Moves by the week in which the journey started, where these are sums of edges.

        Args:
            choice: of journeys; those about help alone are left out.
            weeks: Mondays of the weeks in which they started, ascending.

        Returns:
            Weeks down, kinds of moves across.
        """
        journeys = choice.journeys
        asked = choice.chosen & ~journeys.service
        week_of = np.full(1 + journeys.rows.max(initial=-1), -1, dtype=np.int16)
        mondays = weeks.to_physical().to_numpy()
        week_of[journeys.rows[asked]] = np.searchsorted(mondays, journeys.weeks[asked])
        moves = np.flatnonzero((self.keys["feature"] == "transitions").to_numpy())
        counts = np.zeros((len(weeks), len(moves)), dtype=np.int64)
        ends = np.append(self.groups, len(self.journeys))[self.starts]
        for column, place in enumerate(moves):
            some = slice(ends[place], ends[place + 1])
            week = week_of[self.journeys[some]]
            told = np.bincount(week + 1, self.amounts[some], minlength=len(weeks) + 1)
            counts[:, column] = told[1:]
        return counts


class KeptSums:
    """Sums of all journeys of one snapshot, each made when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[str, JourneySums] = {}
        self._deals: Deals | None = None
        self._lock = threading.Lock()

    def deals(self, sums: Iterable[JourneySums]) -> Deals:
        """What deals labels to customers, of whom those of the first sums are known."""
        with self._lock:
            if self._deals is None:
                hashes = [told.hashes for told in sums]
                self._deals = Deals(np.unique(np.concatenate(hashes)))
            return self._deals

    def of(self, name: str, make: Callable[[], pl.DataFrame]) -> JourneySums:
        """The sums of that name; ``make`` gives their rows, as ``journey_sums`` takes them."""
        with self._lock:
            if name not in self._made:
                self._made[name] = journey_sums(make())
            return self._made[name]


def journey_sums(features: pl.DataFrame) -> JourneySums:
    """Rows of row_number, customer_hash, feature, from_node, to_node and amount -> sums."""
    keys = features.select(KEY).unique().sort(KEY, nulls_last=True).with_row_index("place")
    placed = features.join(keys, on=KEY, how="left", nulls_equal=True, maintain_order="left")
    hashes, customers = np.unique(features["customer_hash"].to_numpy(), return_inverse=True)
    owners = placed["place"].to_numpy().astype(np.int64) * len(hashes) + customers
    order = np.argsort(owners, kind="stable")
    owners = owners[order]
    groups = np.flatnonzero(np.diff(owners, prepend=-1))
    amounts = features["amount"].to_numpy()
    is_exact = are_exact(placed["place"].to_numpy(), amounts, keys.height)
    feature, of_group = (
        part.astype(np.int32) for part in np.divmod(owners[groups], max(len(hashes), 1))
    )
    in_order = np.argsort(of_group, kind="stable").astype(np.int32)
    return JourneySums(
        keys=keys.drop("place"),
        hashes=hashes,
        journeys=features["row_number"].to_numpy()[order].astype(np.int32),
        amounts=amounts[order].astype(np.float32 if is_exact.all() else np.float64),
        is_exact=is_exact,
        groups=groups.astype(np.int32),
        starts=np.searchsorted(owners[groups], np.arange(keys.height + 1) * len(hashes)),
        customers=of_group,
        in_order=in_order,
        features=feature[in_order],
        firsts=np.searchsorted(of_group[in_order], np.arange(len(hashes) + 1)),
        wholes=_wholes(placed, keys) if is_exact.all() else np.full(keys.height, -1),
    )


def _wholes(placed: pl.DataFrame, keys: pl.DataFrame) -> NDArray[np.intp]:
    """The row that adds up each row and others, where it does so in every journey.

    Args:
        placed: features, each with the ``place`` of its key.
        keys: of the features, each with its ``place``.
    """
    whole = pl.col("feature").replace_strict(_WHOLES, default=None, return_dtype=pl.String)
    found = keys.select("place", "from_node", feature=whole, to_node=pl.lit(None, pl.String)).join(
        keys.select(*KEY, whole="place"), on=KEY, nulls_equal=True
    )
    of_parts = placed.join(found.select("place", "whole"), on="place")
    differs = (
        pl.concat(
            [
                of_parts.select("whole", "row_number", "amount"),
                placed.filter(pl.col("place").is_in(found["whole"].implode())).select(
                    "row_number", whole="place", amount=-pl.col("amount")
                ),
            ],
            how="diagonal",
        )
        .group_by("whole", "row_number")
        .agg(pl.col("amount").sum())
        .filter(pl.col("amount") != 0)["whole"]
        .unique()
    )
    adds_up = found.filter(~pl.col("whole").is_in(differs.implode()))
    wholes = np.full(keys.height, -1)
    wholes[adds_up["place"].to_numpy()] = adds_up["whole"].to_numpy()
    return wholes
