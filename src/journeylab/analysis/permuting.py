"""What customers did in two groups, summed, and summed anew under permuted labels.

Pure functions, no I/O. Visits of one customer depend on each other, so whole customers are
permuted, never visits.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from journeylab.analysis.dealing import Deals

PERMUTATIONS: Final = 500
#: What a sum is of.
KEY: Final = ("feature", "from_node", "to_node")

_SIDES: Final = ("a", "b")
_AT_ONCE: Final = 50  # permutations in one matrix product: bounds the memory
_THREADS: Final = 2  # that permute side by side
_EXACT: Final = 2**24  # whole numbers below it are exact in 32 bits

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What each customer did in each group; no entry is 0.

    Attributes:
        keys: feature, from_node and to_node of each column, sorted.
        hashes: 64-bit hash of each customer's id, ascending.
        sides: of group a and of group b, sums with customers down and features across, and a
            last column of zeros; column by column.
        gaps: a less b, customer by customer: features down, customers across.
        is_exact: of each row of these, whether its sums over any customers are exact in 32 bits.
        wholes: of each row, the row that adds up it and others, all of them exact; -1 for none.
    """

    keys: pl.DataFrame
    hashes: NDArray[np.uint64]
    sides: tuple[Any, Any]  # sparse
    gaps: Any  # sparse
    is_exact: NDArray[np.bool_]
    wholes: NDArray[np.intp]


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
    return Sums(keys, hashes.to_numpy(), (a, b), gaps, is_exact, wholes)


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
    made = [np.empty((found.gaps.shape[0], permutations)) for found in tables]
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
    parts = [
        (
            made,
            _without_wholes(found),
            [_row(found.gaps, int(row)) for row in np.flatnonzero(~found.is_exact)],
        )
        for found, made in tables
    ]
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
        of_parts = np.flatnonzero(found.wholes >= 0)
        np.add.at(made, found.wholes[of_parts], made[of_parts])
        made += added(found.sides[1], found.sides[1].data)[:, None]


def _without_wholes(found: Sums) -> Any:  # noqa: ANN401 - sparse
    """Gaps in 32 bits, nothing in rows that other rows add up to."""
    is_whole = np.zeros(found.gaps.shape[0], dtype=bool)
    is_whole[found.wholes[found.wholes >= 0]] = True
    stays = ~is_whole[found.gaps.indices]
    before = np.zeros(len(stays) + 1, dtype=np.int32)
    np.cumsum(stays, dtype=np.int32, out=before[1:])
    cells = (found.gaps.data[stays].astype(np.float32), found.gaps.indices[stays])
    return sparse.csc_array((*cells, before[found.gaps.indptr]), found.gaps.shape)


def _row(gaps: Any, row: int) -> tuple[int, NDArray[np.intp], Any]:  # noqa: ANN401 - sparse
    """A row of gaps: its number, customers that have something in it, and what."""
    places = np.flatnonzero(gaps.indices == row)
    customers = np.searchsorted(gaps.indptr, places, side="right") - 1
    across = np.arange(len(places))
    amounts = (gaps.data[places], across, np.array([0, len(places)]))
    return row, customers, sparse.csr_array(amounts, (1, len(places)))
