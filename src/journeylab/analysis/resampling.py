"""How often each customer enters a replicate: draws by a hash. Pure functions, no I/O."""

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

REPLICATES: Final = 200
#: Bounds of the two-sided 95 % interval, as quantiles of the replicates.
BOUNDS: Final = (0.025, 0.975)

# P(Poisson(1) <= k) for k = 0, 1, …; the tail beyond the last is under 1e-13.
POISSON_CDF: Final = np.cumsum(
    np.exp(-1.0) / np.concatenate(([1.0], np.cumprod(np.arange(1.0, 16.0))))
)

_DRAWN_AT_A_TIME: Final = 16_384  # customers whose draws stay in cache
_UNDECIDED: Final = 255
#: Number of a draw by its leading 16 bits, but where a bound of the CDF lies among such draws.
_LEADING: Final = np.searchsorted(POISSON_CDF, np.arange(2**16) / 2.0**16, side="right").astype(
    np.uint8
)
_LEADING[(POISSON_CDF * 2**16).astype(np.int64).clip(max=2**16 - 1)] = _UNDECIDED


def poisson_weights(
    customers: NDArray[np.uint64], *, seed: int, purpose: str, replicate: int
) -> NDArray[np.int64]:
    """How often each customer enters one replicate: Poisson with mean 1.

    A draw is a hash of (seed, purpose, customer, replicate) and of nothing else, so the
    order of the rows, the number of threads and the night do not matter.

    Args:
        customers: 64-bit hash of each customer's id.
        seed: the run's seed.
        purpose: name of the figure, so that figures draw apart.
        replicate: number of the replicate, from 0.

    Source:
        Chamandy et al.: Estimating uncertainty for massive data streams (2012); mixing by
        Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
    """
    weights = np.empty(len(customers), dtype=np.int64)
    for first in range(0, len(customers), _DRAWN_AT_A_TIME):
        some = slice(first, first + _DRAWN_AT_A_TIME)
        weights[some] = poisson(
            draws(customers[some], seed=seed, purpose=purpose, replicate=replicate)
        )
    return weights


def draws(
    customers: NDArray[np.uint64], *, seed: int, purpose: str, replicate: int
) -> NDArray[np.uint64]:
    """64 random bits for each customer: a hash of what is given, and of nothing else."""
    return mixed(customers ^ salt(seed, purpose, replicate))


def salt(seed: int, purpose: str, replicate: int) -> np.uint64:
    """What tells one replicate's draws from those of all others."""
    told = f"{seed}|{purpose}|{replicate}".encode()
    return np.uint64(int.from_bytes(hashlib.md5(told, usedforsecurity=False).digest()[:8], "big"))


def poisson(drawn: NDArray[np.uint64]) -> NDArray[np.int64]:
    """64 random bits each -> numbers of a Poisson distribution with mean 1."""
    numbers = np.take(_LEADING, (drawn >> np.uint64(48)).view(np.int64))
    undecided = numbers == _UNDECIDED
    uniform = (drawn[undecided] >> np.uint64(11)).astype(np.float64) / 2.0**53
    numbers[undecided] = np.searchsorted(POISSON_CDF, uniform, side="right")
    return numbers.astype(np.int64)


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64: every bit of the input stirs every bit of the output."""
    stirred = values + np.uint64(0x9E3779B97F4A7C15)
    stirred ^= stirred >> np.uint64(30)
    stirred *= np.uint64(0xBF58476D1CE4E5B9)
    stirred ^= stirred >> np.uint64(27)
    stirred *= np.uint64(0x94D049BB133111EB)
    stirred ^= stirred >> np.uint64(31)
    return stirred


def weighted_median(ordered: NDArray[np.float64], weights: NDArray[np.int64]) -> float | None:
    """Median of a sample in which each value stands ``weights`` times.

    Args:
        ordered: values in ascending order.
        weights: how often each stands, in the same order.

    Returns:
        The middle value, or the mean of the two middle ones; None when all weights are 0.
    """
    standing = np.cumsum(weights)
    total = int(standing[-1]) if len(standing) else 0
    if total == 0:
        return None
    lower = ordered[np.searchsorted(standing, (total - 1) // 2, side="right")]
    upper = ordered[np.searchsorted(standing, total // 2, side="right")]
    return float((lower + upper) / 2)
