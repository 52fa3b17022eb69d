"""Customers of two groups -> who keeps its label in each permutation. Pure functions, no I/O."""

import threading
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from journeylab.analysis.resampling import draws

_DRAWN_AT_ONCE: Final = 16_384  # customers whose draws stay in cache


class Deals:
    """Which customers keep their labels in each permutation, dealt once for the same customers.

    Comparisons of two groups by edges, touchpoints and business figures permute the same
    customers in the same way; most of the time of a test goes into dealing. For several threads.
    """

    def __init__(self) -> None:
        self._seed = 0
        self._who: tuple[NDArray[Any], ...] = ()
        self._dealt: dict[tuple[int, int], NDArray[np.uint8]] = {}
        self._lock = threading.Lock()

    def block(
        self,
        hashes: NDArray[np.uint64],
        in_a: NDArray[np.bool_],
        in_b: NDArray[np.bool_],
        *,
        seed: int,
        first: int,
        last: int,
    ) -> NDArray[np.uint8]:
        """Customers down, permutations ``first`` to before ``last`` across: 1 where it keeps."""
        who = (hashes, in_a, in_b)
        with self._lock:
            if (
                seed != self._seed
                or len(self._who) != len(who)
                or not all(map(np.array_equal, who, self._who))
            ):
                self._seed, self._who, self._dealt = seed, who, {}
            told = self._dealt
        if (first, last) not in told:
            told[first, last] = _dealt(hashes, in_a, in_b, seed, range(first, last))
        return np.unpackbits(told[first, last], axis=1, count=last - first)


def _dealt(
    hashes: NDArray[np.uint64],
    in_a: NDArray[np.bool_],
    in_b: NDArray[np.bool_],
    seed: int,
    replicates: range,
) -> NDArray[np.uint8]:
    """Customers down, permutations across as bits: which customers keep their labels."""
    is_alone = in_a != in_b
    size, alone = int((in_a & is_alone).sum()), int(is_alone.sum())
    bits = np.empty(len(hashes), dtype=np.uint64)
    kept = np.empty((len(replicates), len(hashes)), dtype=bool)
    for row, replicate in zip(kept, replicates, strict=True):
        for first in range(0, len(hashes), _DRAWN_AT_ONCE):
            some = slice(first, first + _DRAWN_AT_ONCE)
            bits[some] = draws(hashes[some], seed=seed, purpose="compare", replicate=replicate)
        if 0 < size < alone:
            drawn = bits if alone == len(bits) else bits[is_alone]
            last = np.partition(drawn, size - 1)[size - 1]
            np.equal(bits <= last, in_a, out=row)
        else:
            row[:] = True
        if alone < len(bits):
            np.copyto(row, (bits >> np.uint64(63)) == np.uint64(0), where=~is_alone)
    return np.packbits(np.ascontiguousarray(kept.T), axis=1)
