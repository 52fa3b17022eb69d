"""Times to the goal -> the sales cycle and its interval. Pure functions, no I/O."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.customer_groups import Cells, groups_of, replicated, sample_weights
from journeylab.analysis.resampling import BOUNDS
from journeylab.analysis.statistics import significant
from journeylab.analysis.survival import CENSORED, Incidence, half_time

GOAL: Final = "goal"
_ENDS: Final = (GOAL, "dropped")
_CAUSES: Final = (CENSORED, *_ENDS)
#: Replicates read times on a grid of at most so many of those that occur.
_GRID: Final = 2000
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
    points, place = np.unique(times["lasted_microseconds"].to_numpy(), return_inverse=True)
    cause = times["cause"].replace_strict({name: n for n, name in enumerate(_CAUSES)}).to_numpy()
    counts = np.bincount(place * len(_CAUSES) + cause, minlength=len(points) * len(_CAUSES))
    found = half_time(_curve(points, counts.reshape(-1, len(_CAUSES))), GOAL)
    if found is None:
        return pl.DataFrame(schema=_SCHEMA)
    if len(points) > _GRID:
        grid = points[np.linspace(0, len(points) - 1, _GRID).round().astype(np.int64)]
        points, place = grid, np.searchsorted(grid, points)[place]
    low, high = _interval(times["customer_hash"].to_numpy(), points, place, cause, seed=seed)
    half, read = (significant(time / 1e6) for time in found)
    return pl.DataFrame(
        [
            {"kpi": "sales_cycle_p50_seconds", "value": half, "low": low, "high": high},
            {"kpi": "sales_cycle_read_seconds", "value": read, "low": None, "high": None},
        ],
        schema=_SCHEMA,
    )


def _interval(
    customers: NDArray[np.uint64],
    points: NDArray[np.int64],
    place: NDArray[np.intp],
    cause: NDArray[np.int64],
    *,
    seed: int,
) -> tuple[float | None, float | None]:
    """Bounds of the half time: of each journey the customer, the place among points, the cause."""
    if not (customers != customers[0]).any():
        return None, None
    cells = Cells(
        place * len(_CAUSES) + cause,
        groups_of(customers),
        np.ones((1, len(place))),
        len(points) * len(_CAUSES),
    )
    drawn = replicated(cells, sample_weights(seed=seed, purpose="sales_cycle"))[0, :, 1:]
    halves = []
    for counts in drawn.T.astype(np.int64).reshape(-1, len(points), len(_CAUSES)):
        found = half_time(_curve(points, counts), GOAL)
        if found is not None:
            halves.append(found[0] / 1e6)
    if not halves:
        return None, None
    low, high = (significant(float(bound)) for bound in np.quantile(halves, BOUNDS))
    return low, high


def _curve(points: NDArray[np.int64], counts: NDArray[np.int64]) -> Incidence:
    """What ``incidence`` finds, from journeys counted by time and cause."""
    standing = counts.sum(axis=1)[::-1].cumsum()[::-1]
    kept = counts[:, 1:].any(axis=1)
    ended, at_risk = counts[kept, 1:].T, standing[kept]
    not_ended = np.cumprod((at_risk - ended.sum(axis=0)) / at_risk)
    before = np.concatenate(([1.0], not_ended[:-1]))
    shares = np.cumsum(before * ended / at_risk, axis=1)
    return Incidence(points[kept], at_risk, _ENDS, ended, shares, not_ended)
