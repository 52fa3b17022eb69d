"""Times to the goal -> the sales cycle and its interval. Pure functions, no I/O."""

from typing import Final, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.customer_groups import SAMPLES, groups_of, sample_weights
from journeylab.analysis.resampling import BOUNDS
from journeylab.analysis.statistics import significant
from journeylab.analysis.survival import CENSORED, Counts, Incidence, half_time

GOAL: Final = "goal"
_ENDS: Final = (GOAL, "dropped")
_CAUSES: Final = (CENSORED, *_ENDS)
#: Replicates read times on a grid of at most so many of those that occur.
_GRID: Final = 2000
#: Journeys looked at together, so that memory grows little with their number.
_AT_A_TIME: Final = 500_000
_SCHEMA: Final = {
    "kpi": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def sales_cycle(times: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """Time by which half of the journeys that reach a goal within the time read have done so.

    The share that reached the goal by each time is Aalen and Johansen's: giving up competes,
    who is still running counts while watched. It is read up to the longest time with 30
    journeys at risk.

    Args:
        times: one row a journey: ``customer_hash``, ``cause`` (``goal``, ``dropped`` or ``""``
            for still running), ``lasted_microseconds``.
        seed: the run's seed.

    Returns:
        Rows ``sales_cycle_p50_seconds``, with its interval from a bootstrap over customers,
        and ``sales_cycle_read_seconds``; none where nobody reached a goal in the time read.
    """
    if times.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    lasted = times["lasted_microseconds"].to_numpy()
    codes = {name: n for n, name in enumerate(_CAUSES)}
    cause = times["cause"].replace_strict(codes, return_dtype=pl.UInt8).to_numpy()
    points, counts = _counted(lasted, cause)
    found = half_time(_curve(points, counts), GOAL)
    if found is None:
        return pl.DataFrame(schema=_SCHEMA)
    del counts
    if len(points) > _GRID:
        points = points[np.linspace(0, len(points) - 1, _GRID).round().astype(np.int64)]
    low, high = _interval(times["customer_hash"].to_numpy(), points, lasted, cause, seed=seed)
    half, read = (significant(time / 1e6) for time in found)
    return pl.DataFrame(
        [
            {"kpi": "sales_cycle_p50_seconds", "value": half, "low": low, "high": high},
            {"kpi": "sales_cycle_read_seconds", "value": read, "low": None, "high": None},
        ],
        schema=_SCHEMA,
    )


def _counted(
    lasted: NDArray[np.int64], cause: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Distinct times ascending, and how many journeys ended at each, a column a cause."""
    told = lasted * len(_CAUSES) + cause
    told.sort()
    causes = (told % len(_CAUSES)).astype(np.uint8)
    told //= len(_CAUSES)
    first = np.flatnonzero(np.concatenate(([True], told[1:] != told[:-1])))
    counts = np.empty((len(first), len(_CAUSES)), np.int32)
    for code in range(len(_CAUSES)):
        np.add.reduceat(causes == code, first, dtype=np.int32, out=counts[:, code])
    return told[first], counts


def _interval(
    customers: NDArray[np.uint64],
    points: NDArray[np.int64],
    lasted: NDArray[np.int64],
    cause: NDArray[np.uint8],
    *,
    seed: int,
) -> tuple[float | None, float | None]:
    """Bounds of the half time, read at some points: journeys count at the next of these."""
    if not (customers != customers[0]).any():
        return None, None
    size = len(points) * len(_CAUSES)
    cells = np.zeros(size * SAMPLES)
    for first in range(0, len(lasted), _AT_A_TIME):
        part = slice(first, first + _AT_A_TIME)
        items = np.searchsorted(points, lasted[part]) * len(_CAUSES) + cause[part]
        np.add.at(cells, items * SAMPLES + groups_of(customers[part]), 1.0)
    weights = sample_weights(seed=seed, purpose="sales_cycle")
    drawn = cells.reshape(size, SAMPLES) @ weights.T
    halves = []
    for counts in drawn.T.astype(np.int64).reshape(-1, len(points), len(_CAUSES)):
        found = half_time(_curve(points, counts), GOAL)
        if found is not None:
            halves.append(found[0] / 1e6)
    if not halves:
        return None, None
    low, high = (significant(float(bound)) for bound in np.quantile(halves, BOUNDS))
    return low, high


def _curve(points: NDArray[np.int64], counts: NDArray[np.integer]) -> Incidence:
    """What ``incidence`` finds, from journeys counted by time and cause."""
    standing = counts.sum(axis=1, dtype=np.int64)[::-1].cumsum()[::-1]
    kept = counts[:, 1:].any(axis=1)
    ended, at_risk = counts[kept, 1:].T, standing[kept]
    del standing
    not_ended = np.cumprod((at_risk - ended.sum(axis=0)) / at_risk)
    shares = np.empty(ended.shape)
    for share, count in zip(shares, ended, strict=True):
        share[:1] = count[:1]
        np.multiply(not_ended[:-1], count[1:], out=share[1:])
        share /= at_risk
        np.cumsum(share, out=share)
    told = cast(Counts, ended)  # of half the width, which nothing that reads it minds
    return Incidence(points[kept], at_risk, _ENDS, told, shares, not_ended)
