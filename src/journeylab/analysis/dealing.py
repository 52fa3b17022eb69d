"""Customers of two groups -> who keeps its label in each permutation. Pure functions, no I/O."""

import threading
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from journeylab.analysis.resampling import draws

_DRAWN_AT_ONCE: Final = 16_384  # customers whose draws stay in cache
#: Who is in both groups keeps both labels where the first byte of its draw is below.
HALF: Final = 128
_MOST_KEPT: Final = 2**27  # bytes of first bytes of draws

Bytes = NDArray[np.uint8]


class Deals:
    """Which customers keep their labels in each permutation, dealt once for the same customers.

    Comparisons of two groups by edges, touchpoints and business figures permute the same
    customers in the same way; most of the time of a test goes into dealing. For several threads.

    Args:
        everybody: 64-bit hashes of all customers there are, ascending: the first byte of each
            of their draws is kept, up to 128 MB, so that other groups of them are dealt in a
            third of the time. None keeps nothing.
    """

    def __init__(self, everybody: NDArray[np.uint64] | None = None) -> None:
        self._everybody = everybody
        self._heads: dict[tuple[int, int], Bytes] = {}
        self._seed = 0
        self._who: tuple[NDArray[Any], ...] = ()
        self._places: NDArray[np.intp] | None = None
        self._dealt: dict[tuple[int, int], Bytes] = {}
        self._lock = threading.Lock()

    def are_kept(self, hashes: NDArray[np.uint64], permutations: int) -> bool:
        """Whether these are all customers, and draws of so many permutations are kept."""
        everybody = self._everybody
        if everybody is None or len(everybody) * permutations > _MOST_KEPT:
            return False
        return np.array_equal(everybody, hashes)

    def heads(self, seed: int, replicate: int) -> Bytes:
        """The first byte of the draw of each of all customers."""
        assert self._everybody is not None
        kept = self._heads.get((seed, replicate))
        if kept is None:
            kept = _heads(self._everybody, seed, replicate)
            if (len(self._heads) + 1) * len(kept) <= _MOST_KEPT:
                self._heads[seed, replicate] = kept
        return kept

    def drawn(self, places: NDArray[np.intp], seed: int, replicate: int) -> NDArray[np.uint64]:
        """The draws of some of all customers."""
        assert self._everybody is not None
        return _drawn(self._everybody[places], seed, replicate)

    def block(
        self,
        hashes: NDArray[np.uint64],
        in_a: NDArray[np.bool_],
        in_b: NDArray[np.bool_],
        *,
        seed: int,
        first: int,
        last: int,
    ) -> Bytes:
        """Customers down, permutations ``first`` to before ``last`` across: 1 where it keeps."""
        who = (hashes, in_a, in_b)
        with self._lock:
            if seed != self._seed or not _are_equal(who, self._who):
                self._seed, self._who, self._dealt = seed, who, {}
                self._places = self._placed(hashes)
            told, places = self._dealt, self._places
        if (first, last) not in told:
            heads = (self._heads_of(hashes, places, seed, number) for number in range(first, last))
            told[first, last] = _dealt(who, heads, seed, range(first, last))
        return np.unpackbits(told[first, last], axis=1, count=last - first)

    def _placed(self, hashes: NDArray[np.uint64]) -> NDArray[np.intp] | None:
        """Where customers stand among all; None where one of them does not."""
        if self._everybody is None or not len(self._everybody):
            return None
        places = np.searchsorted(self._everybody, hashes)
        places[places == len(self._everybody)] = 0
        return places if np.array_equal(self._everybody[places], hashes) else None

    def _heads_of(
        self,
        hashes: NDArray[np.uint64],
        places: NDArray[np.intp] | None,
        seed: int,
        replicate: int,
    ) -> Bytes:
        everybody = self._everybody
        if everybody is None or places is None:
            return _heads(hashes, seed, replicate)
        if (seed, replicate) not in self._heads and (
            (len(self._heads) + 1) * len(everybody) > _MOST_KEPT
        ):
            return _heads(hashes, seed, replicate)
        kept = self.heads(seed, replicate)
        return kept if len(places) == len(kept) else kept[places]


def _are_equal(some: tuple[NDArray[Any], ...], others: tuple[NDArray[Any], ...]) -> bool:
    return len(some) == len(others) and all(map(np.array_equal, some, others))


def _dealt(
    who: tuple[NDArray[Any], ...], heads: Iterator[Bytes], seed: int, replicates: range
) -> Bytes:
    """Customers down, permutations across as bits: which customers keep their labels."""
    hashes, in_a, in_b = who
    is_alone = in_a != in_b
    size, alone = int((in_a & is_alone).sum()), int(is_alone.sum())
    packed = np.zeros((-(-len(replicates) // 8), len(hashes)), dtype=np.uint8)
    for number, (replicate, first) in enumerate(zip(replicates, heads, strict=True)):
        if 0 < size < alone:
            last, at_last = _lowest(first, is_alone, size, alone)
            row = first < last
            on_edge = np.flatnonzero((first == last) & is_alone)
            whole = _drawn(hashes[on_edge], seed, replicate)
            row[on_edge] = whole <= np.partition(whole, at_last - 1)[at_last - 1]
            np.equal(row, in_a, out=row)
        else:
            row = np.ones(len(hashes), dtype=bool)
        if alone < len(hashes):
            np.copyto(row, first < HALF, where=~is_alone)
        packed[number // 8] |= row.view(np.uint8) << np.uint8(7 - number % 8)
    return np.ascontiguousarray(packed.T)


def _lowest(heads: Bytes, is_alone: NDArray[np.bool_], size: int, alone: int) -> tuple[int, int]:
    """First byte of the draw up to which so many are drawn; how many that begin so are.

    Found by counting, in a tenth of the time that a partition of the draws takes.
    """
    least, most, below, upto = -1, 255, 0, alone  # counts up to each
    guess = size * 256 // alone
    while most - least > 1:
        guess = min(max(guess, least + 1), most - 1)
        counted = int(np.count_nonzero((heads <= guess) & is_alone))
        if counted < size:
            least, below = guess, counted
        else:
            most, upto = guess, counted
        guess = least + 1 + (size - below) * (most - least) // max(upto - below, 1)
    return most, size - below


def _heads(hashes: NDArray[np.uint64], seed: int, replicate: int) -> Bytes:
    """The first byte of each customer's draw."""
    heads = np.empty(len(hashes), dtype=np.uint8)
    for first in range(0, len(hashes), _DRAWN_AT_ONCE):
        some = slice(first, first + _DRAWN_AT_ONCE)
        heads[some] = _drawn(hashes[some], seed, replicate) >> np.uint64(56)
    return heads


def _drawn(hashes: NDArray[np.uint64], seed: int, replicate: int) -> NDArray[np.uint64]:
    return draws(hashes, seed=seed, purpose="compare", replicate=replicate)
