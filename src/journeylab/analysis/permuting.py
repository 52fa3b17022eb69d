"""What customers did in two groups, summed, and summed anew under permuted labels.

Pure functions, no I/O. Visits of one customer depend on each other, so whole customers are
permuted, never visits.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import DTypeLike, NDArray
from scipy import sparse

from journeylab.analysis.dealing import Deals
from journeylab.analysis.standing import Labelled, Standing, labelled, permute

PERMUTATIONS: Final = 500
#: What a sum is of.
KEY: Final = ("feature", "from_node", "to_node")

_SIDES: Final = ("a", "b")
_AT_ONCE: Final = 50  # permutations in one matrix product: bounds the memory
_THREADS: Final = 2  # that permute side by side
_EXACT: Final = 2**24  # whole numbers below it are exact in 32 bits
_FEW: Final = 0.5  # share of what all did that may be put right, lest it be added up anew

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Among:
    """Customers of two groups among all there are.

    Attributes:
        standing: what all of them did.
        columns: which features of it are told.
        places: of each customer of the groups, its place among all.
        is_whole: of each, whether all it did is in one group.
    """

    standing: Standing
    columns: NDArray[np.integer[Any]]
    places: NDArray[np.intp]
    is_whole: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What each customer did in each group; no entry is 0.

    Attributes:
        keys: feature, from_node and to_node of each column, sorted.
        hashes: 64-bit hash of each customer's id, ascending.
        sides: of group a and of group b, sums with customers down and features across, and a
            last column of zeros; column by column.
        gaps_of: gives a less b of some of the customers: features down, customers across.
        is_exact: of each row of these, whether its sums over any customers are exact in 32 bits.
        wholes: of each row, the row that adds up it and others, all of them exact; -1 for none.
        units: of each column, in what part of one its sums are counted.
        among: these customers among all, where it is known what all did.
    """

    keys: pl.DataFrame
    hashes: NDArray[np.uint64]
    sides: tuple[Any, Any]  # sparse
    gaps_of: Callable[[NDArray[np.intp]], Any]  # sparse
    is_exact: NDArray[np.bool_]
    wholes: NDArray[np.intp]
    units: Floats
    among: Among | None = None


def sums_of(features: pl.DataFrame) -> Sums:
    """Sums of rows.

    Args:
        features: one row per (side ``a`` or ``b``, customer_hash, feature, from_node,
            to_node) with ``amount``, a sum over the customer's journeys on that side.
    """
    keys = features.select(KEY).unique().sort(KEY, nulls_last=True)
    hashes = features["customer_hash"].unique().sort()
    a, b = (_matrix(features.filter(side=side), keys, hashes) for side in _SIDES)
    gaps = sparse.csc_array((a - b).T)
    is_exact = are_exact(gaps.indices, gaps.data, keys.height + 1)
    wholes = np.full(keys.height + 1, -1)
    units = np.ones(keys.height + 1)
    return Sums(
        keys, hashes.to_numpy(), (a, b), lambda some: gaps[:, some], is_exact, wholes, units
    )


def permuted_sums(
    tables: Sequence[Sums],
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
    deals: Deals | None = None,
) -> list[Floats]:
    """Sums of group a under permuted labels; those of the same customers are dealt once.

    A customer who is in one group keeps its label or takes the other's, the number of
    customers of each group staying; one who is in both has both labels swapped or none.

    Args:
        tables: sums of the customers, by whatever they did.
        seed: the run's seed.
        permutations: how many.
        deals: what was dealt before.

    Returns:
        Of each table, features down and permutations across.
    """
    dealt = deals or Deals()
    made = [np.zeros((len(found.wholes), permutations)) for found in tables]
    waiting = list(range(len(tables)))
    while waiting:
        who = _customers(tables[waiting[0]])
        same = [n for n in waiting if all(map(np.array_equal, who, _customers(tables[n])))]
        waiting = [n for n in waiting if n not in same]
        _permute([(tables[n], made[n]) for n in same], who, seed, dealt)
    return made


def are_exact(features: NDArray[Any], amounts: NDArray[Any], size: int) -> NDArray[np.bool_]:
    """Of which features sums of any of the amounts, in any order, are exact in 32 bits.

    Args:
        features: of each amount, its feature, from 0.
        amounts: what is summed.
        size: number of features.
    """
    broken = np.bincount(features, amounts != np.rint(amounts), minlength=size)
    largest = np.bincount(features, np.abs(amounts), minlength=size)
    told: NDArray[np.bool_] = (broken == 0) & (largest < _EXACT)
    return told


def added(side: Any, amounts: NDArray[Any]) -> Floats:  # noqa: ANN401 - sparse
    """Sums of each column of a sparse matrix, of other amounts in the same places."""
    told = np.zeros(side.shape[1])
    filled = np.flatnonzero(np.diff(side.indptr))
    if len(filled):
        told[filled] = np.add.reduceat(amounts, side.indptr[filled], dtype=np.float64)
    return told


def _matrix(features: pl.DataFrame, keys: pl.DataFrame, hashes: pl.Series) -> Any:  # noqa: ANN401
    """Customers down, features across and a last column of zeros."""
    placed = features.join(keys.with_row_index("place"), on=KEY, how="left", nulls_equal=True)
    rows = hashes.search_sorted(placed["customer_hash"]).to_numpy()
    entries = (placed["amount"].to_numpy(), (rows, placed["place"].to_numpy()))
    made = sparse.csc_array(entries, shape=(len(hashes), keys.height + 1), dtype=np.float64)
    made.eliminate_zeros()
    return made


def _customers(found: Sums) -> tuple[NDArray[Any], ...]:
    """The customers, and which of them are in each group."""
    size = len(found.hashes)
    in_a, in_b = (np.bincount(side.indices, minlength=size) > 0 for side in found.sides)
    return found.hashes, in_a, in_b


def _permute(
    tables: Sequence[tuple[Sums, Floats]], who: tuple[NDArray[Any], ...], seed: int, deals: Deals
) -> None:
    """Fill in sums of group a under permuted labels, of tables of the same customers."""
    among = _among_all(tables, who, deals)
    if among is None:
        _by_customer(tables, who, seed, deals)
    else:
        _by_standing(tables, among, seed, deals)
    for found, made in tables:
        of_parts = np.flatnonzero(found.wholes >= 0)
        made[found.wholes[of_parts]] = 0
        np.add.at(made, found.wholes[of_parts], made[of_parts])
        made /= found.units[:, None]


def _among_all(
    tables: Sequence[tuple[Sums, Floats]], who: tuple[NDArray[Any], ...], deals: Deals
) -> Labelled | None:
    """The customers among all, where less is to be put right than they did."""
    _, in_a, in_b = who
    known = [found.among for found, _ in tables if found.among is not None]
    size = int((in_a & ~in_b).sum())
    if len(known) < len(tables) or not 0 < size < int((in_a != in_b).sum()):
        return None
    permutations = tables[0][1].shape[1]
    if any(len(among.standing.counts) != permutations for among in known):
        return None
    is_whole = np.logical_and.reduce([among.is_whole for among in known])
    found = labelled(known[0].places, in_a, in_b, is_whole, known[0].standing.totals.shape[0])
    did = [np.diff(among.standing.totals.indptr) for among in known]
    amended = sum(2 * of_customers[found.others].sum() for of_customers in did)
    told = sum(of_customers[known[0].places].sum() for of_customers in did)
    return found if amended < _FEW * told else None


def _by_standing(
    tables: Sequence[tuple[Sums, Floats]], among: Labelled, seed: int, deals: Deals
) -> None:
    """Sums under permuted labels, by what all customers did."""
    parts = []
    for found, made in tables:
        told = found.among
        assert told is not None
        split = np.searchsorted(told.places, among.split)
        is_split = np.zeros(len(found.hashes), dtype=bool)
        is_split[split] = True
        of_b = found.sides[1]
        made += added(of_b, of_b.data * is_split[of_b.indices])[:, None]
        gaps = _without_wholes(found, found.gaps_of(split), told.standing.totals.dtype)[:-1]
        parts.append((told.standing, told.columns, gaps, made[:-1]))
    permute(parts, among, deals, seed=seed)


def _by_customer(
    tables: Sequence[tuple[Sums, Floats]], who: tuple[NDArray[Any], ...], seed: int, deals: Deals
) -> None:
    """Sums under permuted labels, by what each customer of the groups did."""
    everybody = np.arange(len(who[0]))
    parts = []
    for found, made in tables:
        gaps = found.gaps_of(everybody)
        broken = [_row(gaps, int(row)) for row in np.flatnonzero(~found.is_exact)]
        parts.append((made, _without_wholes(found, gaps, np.float32), broken))
    permutations = tables[0][1].shape[1]

    def permute(first: int) -> None:
        some = slice(first, min(first + _AT_ONCE, permutations))
        kept = deals.block(*who, seed=seed, first=first, last=some.stop)
        narrow = kept.astype(np.float32)
        for made, gaps, broken in parts:
            made[:, some] = gaps @ narrow
            for row, customers, amounts in broken:
                made[row, some] = amounts @ kept[customers].astype(np.float64)

    with ThreadPoolExecutor(_THREADS) as threads:
        list(threads.map(permute, range(0, permutations, _AT_ONCE)))
    for found, made in tables:
        made += added(found.sides[1], found.sides[1].data)[:, None]


def _without_wholes(found: Sums, gaps: Any, kind: DTypeLike) -> Any:  # noqa: ANN401 - sparse
    """Gaps of a kind of numbers, nothing in rows that other rows add up to."""
    is_whole = np.zeros(gaps.shape[0], dtype=bool)
    is_whole[found.wholes[found.wholes >= 0]] = True
    stays = ~is_whole[gaps.indices]
    before = np.zeros(len(stays) + 1, dtype=np.int32)
    np.cumsum(stays, dtype=np.int32, out=before[1:])
    cells = (gaps.data[stays].astype(kind), gaps.indices[stays])
    return sparse.csc_array((*cells, before[gaps.indptr]), gaps.shape)


def _row(gaps: Any, row: int) -> tuple[int, NDArray[np.intp], Any]:  # noqa: ANN401 - sparse
    """A row of gaps: its number, customers that have something in it, and what."""
    places = np.flatnonzero(gaps.indices == row)
    customers = np.searchsorted(gaps.indptr, places, side="right") - 1
    across = np.arange(len(places))
    amounts = (gaps.data[places], across, np.array([0, len(places)]))
    return row, customers, sparse.csr_array(amounts, (1, len(places)))
