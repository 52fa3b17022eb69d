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
from journeylab.analysis.permuting import KEY, PERMUTATIONS, Among, Sums, are_exact
from journeylab.analysis.standing import Standing, is_kept, standing_of
from journeylab.lab.cells import Choice

#: Features that add up to another one of the same node, which need not be added up again.
_WHOLES: Final = {"transitions": "moves", "reached": "visits", "returns": "visits"}
_MONEY: Final = 10_000.0  # parts of one in which amounts with decimals are counted
_MANY: Final = 10_000  # customers from which on it pays to keep what all of them did


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
        every: of each group, what the customer did in all journeys.
        starts: of each row of ``keys``, where its groups begin; and where the last one's end.
        customers: of each group, the place of its customer.
        in_order: the groups by customer, then feature.
        features: of each of these, the row of ``keys``.
        firsts: of each customer, where its groups begin among them; and where the last one's end.
        wholes: of each row of ``keys``, the row that adds up it and others; -1 for none.
        units: of each row of ``keys``, in what part of one its amounts are counted.
        of_customers: journeys that did anything, of one customer after another.
        journey_firsts: of each customer, where its journeys begin among them.
    """

    keys: pl.DataFrame
    hashes: NDArray[np.uint64]
    journeys: NDArray[np.int32]
    amounts: NDArray[np.floating[Any]]
    is_exact: NDArray[np.bool_]
    groups: NDArray[np.int32]
    every: NDArray[np.floating[Any]]
    starts: NDArray[np.int64]
    customers: NDArray[np.int32]
    in_order: NDArray[np.int32]
    features: NDArray[np.int32]
    firsts: NDArray[np.int64]
    wholes: NDArray[np.intp]
    units: NDArray[np.float64]
    of_customers: NDArray[np.int32]
    journey_firsts: NDArray[np.int64]

    def of_sides(self, sides: NDArray[np.int8], standing: Standing | None = None) -> Sums:
        """The sums of each customer in two groups of journeys.

        Args:
            sides: 1 or 2 where a journey of the snapshot is in group a or b, else 0.
            standing: what all customers did.
        """
        a = self._of_groups(sides == 1)
        is_exact = bool((self.is_exact | (self.units > 1)).all())
        is_every = is_exact and bool((sides[self.of_customers] > 0).all())
        b = self.every - a if is_every else self._of_groups(sides == 2)
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
        place = np.full(self.keys.height + 1, -1)
        place[kept] = np.arange(len(kept))
        who = np.flatnonzero(occurs)
        return Sums(
            keys=self.keys[kept],
            hashes=self.hashes[who],
            sides=(of_a, of_b),
            gaps_of=lambda some: self._by_customer(a - b, place[:-1], who[some]),
            is_exact=np.append(self.is_exact[kept], True),
            wholes=np.append(place[self.wholes[kept]], -1),
            units=np.append(self.units[kept], 1.0),
            among=(
                Among(standing, columns=kept, places=who, is_whole=self._are_whole(sides)[who])
                if standing is not None
                else None
            ),
        )

    def totals(self) -> Any:  # noqa: ANN401 - sparse
        """What each customer did in all journeys: customers down, features across.

        Nothing in features that others add up to.
        """
        cells = (self.every[self.in_order], self.features, self.firsts)
        totals = sparse.csr_array(cells, (len(self.hashes), self.keys.height), copy=True)
        is_whole = np.zeros(self.keys.height, dtype=bool)
        is_whole[self.wholes[self.wholes >= 0]] = True
        totals.data[is_whole[self.features]] = 0
        totals.eliminate_zeros()
        return totals

    def _are_whole(self, sides: NDArray[np.int8]) -> NDArray[np.bool_]:
        """Of each customer, whether all journeys that did anything are in one group."""
        of_journeys = sides[self.of_customers]
        lowest, highest = (
            extreme.reduceat(of_journeys, self.journey_firsts)
            for extreme in (np.minimum, np.maximum)
        )
        told: NDArray[np.bool_] = (lowest == highest) & (lowest > 0)
        return told

    def _of_groups(self, is_side: NDArray[np.bool_]) -> NDArray[np.floating[Any]]:
        """Sums over the journeys of one side, of each group."""
        if not len(self.groups):
            return self.amounts
        if self.amounts.dtype == np.float32:  # sums are exact in any order
            cells = (self.amounts, self.journeys, np.append(self.groups, len(self.amounts)))
            sums = sparse.csr_array(cells, (len(self.groups), len(is_side)))
            told: NDArray[np.floating[Any]] = sums @ is_side.astype(np.float32)
        else:
            told = np.add.reduceat(self.amounts * is_side[self.journeys], self.groups)
        return told

    def _by_customer(
        self,
        gaps: NDArray[np.floating[Any]],
        place: NDArray[np.intp],
        customers: NDArray[np.intp],
    ) -> Any:  # noqa: ANN401 - sparse
        """What differs, features that have a place down and customers across."""
        groups, ends = ranges(self.firsts, customers)
        in_order = gaps[self.in_order[groups]]
        differs = np.flatnonzero(in_order)
        rows = place[self.features[groups[differs]]].astype(np.int32)
        cells = (in_order[differs], rows, np.searchsorted(differs, ends).astype(np.int32))
        return sparse.csc_array(cells, (int(place.max(initial=-1)) + 2, len(customers)))

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
        self._standing: dict[tuple[str, int], Standing | None] = {}
        self._deals: Deals | None = None
        self._lock = threading.Lock()

    def deals(self, sums: Iterable[JourneySums]) -> Deals:
        """What deals labels to customers, of whom those of the first sums are known."""
        with self._lock:
            if self._deals is None:
                hashes = [told.hashes for told in sums]
                self._deals = Deals(np.unique(np.concatenate(hashes)))
            return self._deals

    def standing(self, name: str, deals: Deals, seed: int) -> Standing | None:
        """What all customers of the sums of that name did; None where it is not worth keeping."""
        with self._lock:
            if (name, seed) not in self._standing:
                told = self._made[name]
                pays = (
                    len(told.hashes) >= _MANY
                    and is_kept(told.keys.height, PERMUTATIONS)
                    and deals.are_kept(told.hashes, PERMUTATIONS)
                )
                self._standing[name, seed] = (
                    standing_of(told.totals(), deals, seed=seed, permutations=PERMUTATIONS)
                    if pays
                    else None
                )
            return self._standing[name, seed]

    def of(self, name: str, make: Callable[[], pl.DataFrame]) -> JourneySums:
        """The sums of that name; ``make`` gives their rows, as ``journey_sums`` takes them."""
        with self._lock:
            if name not in self._made:
                self._made[name] = journey_sums(make())
            return self._made[name]


def ranges(starts: NDArray[Any], which: NDArray[np.intp]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Numbers from the starts of some parts to their ends, and where each part lies among them."""
    sizes = starts[which + 1] - starts[which]
    ends = np.append(0, np.cumsum(sizes))
    return np.arange(ends[-1]) + np.repeat(starts[which] - ends[:-1], sizes), ends


def journey_sums(features: pl.DataFrame) -> JourneySums:
    """Rows of row_number, customer_hash, feature, from_node, to_node and amount -> sums."""
    keys = features.select(KEY).unique().sort(KEY, nulls_last=True).with_row_index("place")
    placed = features.join(keys, on=KEY, how="left", nulls_equal=True, maintain_order="left")
    hashes, customers = np.unique(features["customer_hash"].to_numpy(), return_inverse=True)
    owners = placed["place"].to_numpy().astype(np.int64) * len(hashes) + customers
    order = np.argsort(owners, kind="stable")
    owners = owners[order]
    groups = np.flatnonzero(np.diff(owners, prepend=-1))
    amounts, units = _counted(features["amount"].to_numpy(), placed["place"].to_numpy(), keys)
    is_exact = are_exact(placed["place"].to_numpy(), amounts, keys.height)
    feature, of_group = (
        part.astype(np.int32) for part in np.divmod(owners[groups], max(len(hashes), 1))
    )
    in_order = np.argsort(of_group, kind="stable").astype(np.int32)
    rows = features["row_number"].to_numpy()
    journeys, first_cells = np.unique(rows, return_index=True)
    owned = np.argsort(customers[first_cells], kind="stable")
    kind = np.float32 if is_exact.all() else np.float64
    counted: NDArray[np.floating[Any]] = amounts[order].astype(kind)
    return JourneySums(
        keys=keys.drop("place"),
        hashes=hashes,
        journeys=rows[order].astype(np.int32),
        amounts=counted,
        is_exact=is_exact,
        groups=groups.astype(np.int32),
        every=np.add.reduceat(counted, groups) if len(groups) else counted,
        starts=np.searchsorted(owners[groups], np.arange(keys.height + 1) * len(hashes)),
        customers=of_group,
        in_order=in_order,
        features=feature[in_order],
        firsts=np.searchsorted(of_group[in_order], np.arange(len(hashes) + 1)),
        wholes=_wholes(placed, keys) if is_exact.all() else np.full(keys.height, -1),
        units=units,
        of_customers=journeys[owned].astype(np.int32),
        journey_firsts=np.searchsorted(customers[first_cells][owned], np.arange(len(hashes))),
    )


def _counted(
    amounts: NDArray[np.float64], places: NDArray[Any], keys: pl.DataFrame
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Amounts as whole numbers, and of each key in what part of one they are counted.

    Sums of whole numbers are the same in any order. Money has four decimals at most.
    """
    counted = np.rint(amounts * _MONEY)
    size = keys.height
    is_broken = np.bincount(places, amounts != np.rint(amounts), minlength=size) > 0
    is_money = np.bincount(places, counted / _MONEY != amounts, minlength=size) == 0
    units = np.where(is_broken & is_money, _MONEY, 1.0)
    return np.where(units[places] > 1, counted, amounts), units


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
