"""Chance as a hash: (seed, purpose, keys) -> the same number on any machine, in any order.

No generator is kept, so a draw depends neither on the draws before it nor on the size of
the block it is made in.
"""

import hashlib
from typing import Final

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Shares = npt.NDArray[np.float64]

_WORD: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15
_FIRST: Final = 0xBF58476D1CE4E5B9
_SECOND: Final = 0x94D049BB133111EB


def hashes(seed: int, purpose: str, *keys: npt.NDArray[np.integer]) -> Hashes:
    """64-bit hash of each row of the keys.

    Args:
        seed: seed of the whole simulation.
        purpose: word that keeps draws for different ends independent.
        keys: integer arrays of one length, such as customer and step.
    """
    value = np.full(len(keys[0]), _origin(seed, purpose), dtype=np.uint64)
    for key in keys:
        value ^= key.astype(np.uint64)
        value += np.uint64(_GOLDEN)
        value ^= value >> np.uint64(30)
        value *= np.uint64(_FIRST)
        value ^= value >> np.uint64(27)
        value *= np.uint64(_SECOND)
        value ^= value >> np.uint64(31)
    return value


def shares(seed: int, purpose: str, *keys: npt.NDArray[np.integer]) -> Shares:
    """Uniform draw in [0, 1) for each row of the keys; see ``hashes``."""
    return (hashes(seed, purpose, *keys) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def hash_of(seed: int, purpose: str, *keys: int) -> int:
    """64-bit hash of one row of keys; equals ``hashes`` of arrays of length one.

    Example:
        >>> hash_of(7, "device", 3, 1) == int(hashes(7, "device", *map(np.array, [[3], [1]]))[0])
        True
    """
    value = _origin(seed, purpose)
    for key in keys:
        value = ((value ^ (key & _WORD)) + _GOLDEN) & _WORD
        value = ((value ^ (value >> 30)) * _FIRST) & _WORD
        value = ((value ^ (value >> 27)) * _SECOND) & _WORD
        value ^= value >> 31
    return value


def share_of(seed: int, purpose: str, *keys: int) -> float:
    """Uniform draw in [0, 1) for one row of keys."""
    return (hash_of(seed, purpose, *keys) >> 11) * 2.0**-53


def _origin(seed: int, purpose: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(f"{seed}/{purpose}".encode(), digest_size=8).digest(), "big"
    )
