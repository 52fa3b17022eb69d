"""What all customers did, added up in the order of their draws. Pure functions, no I/O.

Of customers who are in one group with all they did, group a holds under permuted labels those
of the least draws. So what they did is a running sum over all customers in the order of their
draws. It is kept at every second first byte of a draw: those whose draw begins as the last one
of group a are added to it or taken from it, and what others did is put right.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from journeylab.analysis.dealing import HALF, Deals

_LEVELS: Final = 128  # first bytes of draws at which sums are kept, so that one is next to each
_AT_ONCE: Final = 50  # permutations in one matrix product
_THREADS: Final = 2
_MOST_KEPT: Final = 2**28  # bytes of running sums

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What all customers did, whole numbers, and what those of low draws did.

    Attributes:
        totals: customers down and features across, nothing of those that others add up to.
        below: by permutation, level and feature, sums of the customers whose draw begins with a
            byte below twice the level.
        counts: by permutation and byte, customers whose draw begins with it or a lower one.
    """

    totals: Any  # sparse
    below: Floats
    counts: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Customers of two groups among all.

    Attributes:
        whole: of all customers, which are in one group with all they did.
        alone: of all customers, which are in one group alone.
        others: customers who are not whole, ascending.
        split: those of them who are in a group.
        in_a: of these, who is in group a.
        size: customers who are in group a alone.
    """

    whole: NDArray[np.bool_]
    alone: NDArray[np.bool_]
    others: NDArray[np.intp]
    split: NDArray[np.intp]
    in_a: NDArray[np.bool_]
    size: int


def standing_of(totals: Any, deals: Deals, *, seed: int, permutations: int) -> Standing:  # noqa: ANN401
    """Running sums of all customers whose labels are dealt.

    Args:
        totals: what each customer did, customers down and features across.
        deals: whose customers these are.
        seed: of the permutations.
        permutations: how many.
    """
    size = totals.shape[1]
    below = np.zeros((permutations, _LEVELS + 1, size), dtype=totals.dtype)
    counts = np.empty((permutations, 256), dtype=np.int64)
    widths, columns = np.diff(totals.indptr), totals.indices.astype(np.int64)
    amounts = totals.data.astype(np.float64)
    for number in range(permutations):
        heads = deals.heads(seed, number)
        counts[number] = np.cumsum(np.bincount(heads, minlength=256))
        cells = np.repeat((heads // np.uint8(2)).astype(np.int64) * size, widths) + columns
        sums = np.bincount(cells, amounts, minlength=_LEVELS * size).reshape(_LEVELS, size)
        below[number, 1:] = np.cumsum(sums, axis=0)
    return Standing(totals, below, counts)


def is_kept(features: int, permutations: int) -> bool:
    """Whether running sums of so many features and permutations are small enough to be kept."""
    return permutations * (_LEVELS + 1) * features * np.dtype(np.float64).itemsize <= _MOST_KEPT


def labelled(
    places: NDArray[np.intp],
    in_a: NDArray[np.bool_],
    in_b: NDArray[np.bool_],
    is_whole: NDArray[np.bool_],
    size: int,
) -> Labelled:
    """Customers of two groups among all.

    Args:
        places: of each customer of the groups, its place among all.
        in_a: whether it is in group a.
        in_b: whether it is in group b.
        is_whole: whether all it did is in one group.
        size: number of all customers.
    """
    whole, alone = np.zeros((2, size), dtype=bool)
    whole[places], alone[places] = is_whole, in_a != in_b
    return Labelled(
        whole=whole,
        alone=alone,
        others=np.flatnonzero(~whole),
        split=places[~is_whole],
        in_a=in_a[~is_whole],
        size=int((in_a & ~in_b).sum()),
    )


def permute(
    tables: Sequence[tuple[Standing, NDArray[np.integer[Any]], Any, Floats]],
    found: Labelled,
    deals: Deals,
    *,
    seed: int,
) -> None:
    """Add up what group a did under permuted labels, by customers who are whole and by others.

    Args:
        tables: of each, its running sums, the features that are told, what split customers did
            in group a less what in b (these features down, split customers across), and the
            sums of these customers in group b, permutations across, to which all is added.
        found: the customers of both groups.
        deals: of all customers.
        seed: of the permutations.
    """
    permutations = len(tables[0][0].counts)
    corrected = [
        (standing, columns, sparse.csc_array(standing.totals[found.others].T), gaps, made)
        for standing, columns, gaps, made in tables
    ]

    def add(first: int) -> None:
        some = range(first, min(first + _AT_ONCE, permutations))
        levels, between, below, keeps = _dealt(found, tables[0][0], deals, seed, some)
        for standing, columns, totals, gaps, made in corrected:
            kind = standing.totals.dtype
            of_whole = (between.astype(kind) @ standing.totals).toarray()
            of_whole += standing.below[some, levels]
            summed = of_whole.T - totals @ below.astype(kind)
            made[:, first : some.stop] += summed[columns] + gaps @ keeps.astype(kind)

    with ThreadPoolExecutor(_THREADS) as threads:
        list(threads.map(add, range(0, permutations, _AT_ONCE)))


def _dealt(
    found: Labelled, standing: Standing, deals: Deals, seed: int, replicates: range
) -> tuple[NDArray[np.intp], Any, NDArray[np.bool_], NDArray[np.bool_]]:
    """Labels of some permutations.

    Returns:
        The level of each; permutations down and customers across, 1 for whole ones from there
        up to the last draw of group a, -1 for those from this up to there; others down and
        permutations across, whether they are below the level; and so of split ones, whether
        they keep the label.
    """
    levels = np.empty(len(replicates), dtype=np.intp)
    below = np.empty((len(replicates), len(found.others)), dtype=bool)
    keeps = np.empty((len(replicates), len(found.split)), dtype=bool)
    rows, signs = [], []
    not_alone = np.flatnonzero(~found.alone)
    is_alone = found.alone[found.split]
    for number, replicate in enumerate(replicates):
        heads = deals.heads(seed, replicate)
        counts = standing.counts[replicate] - np.cumsum(
            np.bincount(heads[not_alone], minlength=256)
        )
        last = int(np.searchsorted(counts, found.size))  # the byte with which a's last draw begins
        at_last = found.size - (int(counts[last - 1]) if last else 0)
        is_above = last % 2 == 1
        level = levels[number] = last // 2 + is_above
        edge = np.flatnonzero(heads == last)
        edge = edge[found.alone[edge]]
        drawn = deals.drawn(edge, seed, replicate)
        takes = drawn <= np.partition(drawn, at_last - 1)[at_last - 1]
        moved = edge[takes != is_above]
        rows.append(moved[found.whole[moved]])
        signs.append(np.full(len(rows[-1]), -1.0 if is_above else 1.0))
        below[number] = heads[found.others] < 2 * level
        of_split = heads[found.split]
        is_drawn = of_split < last
        taking = edge[takes]
        is_drawn[np.searchsorted(found.split, taking[~found.whole[taking]])] = True
        keeps[number] = np.where(is_alone, is_drawn == found.in_a, of_split < HALF)
    ends = np.append(0, np.cumsum([len(row) for row in rows]))
    cells = (np.concatenate(signs), np.concatenate(rows), ends)
    between = sparse.csr_array(cells, (len(replicates), len(found.whole)))
    return levels, between, below.T, keeps.T
