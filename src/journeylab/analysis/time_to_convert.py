"""Times of journeys by group -> how soon they convert, and how sure that is. Pure functions.

Giving up competes with the goal and open journeys count while they were watched, so slow groups
are not flattered by who bought already.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.customer_groups import SAMPLES, sample_weights
from journeylab.analysis.resampling import BOUNDS
from journeylab.analysis.statistics import MIN_CUSTOMERS, significant
from journeylab.analysis.survival import (
    CENSORED,
    EQUAL_SHARES,
    Incidence,
    incidence,
    kaplan_meier,
    log_rank,
    quantile,
)

Floats = NDArray[np.float64]

GOAL: Final = "goal"
DROPPED: Final = "dropped"
#: A curve is read up to the longest time with so many journeys at risk.
MIN_AT_RISK: Final = 30

_CAUSES: Final = (GOAL, DROPPED, CENSORED)
_POINTS: Final = 200  # rows of a curve
_CELLS: Final = 500  # times that replicates tell apart
_MICROSECONDS: Final = 1e6
_PURPOSE: Final = "time_to_convert"

_FIGURES: Final = ("converted_share", "time_to_convert_p50_seconds", "restricted_mean_seconds")
SUMMARY_SCHEMA: Final = {
    "level": pl.String,
    "journeys": pl.Int64,
    "customers": pl.Int64,
    "converted": pl.Int64,
    "dropped": pl.Int64,
    "open": pl.Int64,
    "read_seconds": pl.Float64,
    **{f"{name}{end}": pl.Float64 for name in _FIGURES for end in ("", "_low", "_high")},
    "limit_seconds": pl.Float64,
    "if_nobody_gave_up_p50_seconds": pl.Float64,
    "log_rank_p_value": pl.Float64,
    "is_insufficient": pl.Boolean,
}
CURVE_SCHEMA: Final = {
    "level": pl.String,
    "seconds": pl.Float64,
    "converted_share": pl.Float64,
    "converted_share_low": pl.Float64,
    "converted_share_high": pl.Float64,
    "dropped_share": pl.Float64,
    "running_share": pl.Float64,
    "if_nobody_gave_up_share": pl.Float64,
    "at_risk": pl.Int64,
    "is_insufficient": pl.Boolean,
}


def time_to_convert(
    times: pl.DataFrame, *, seed: int, limit_seconds: float | None = None
) -> pl.DataFrame:
    """How soon the journeys of each group convert, with intervals by a bootstrap over customers.

    Args:
        times: one row a journey: ``level``, ``customer_hash``, ``cause`` (``goal``, ``dropped``
            or ``""``), ``lasted_microseconds``.
        seed: of the draws.
        limit_seconds: of the restricted mean; None takes the longest time to which every
            group that can be read is.

    Returns:
        One row per group, most journeys first, ties by name.
    """
    groups = _groups(times)
    reads = [group.read for group in groups if group.read is not None]
    limit = min(reads) / _MICROSECONDS if limit_seconds is None and reads else limit_seconds
    p_value = None
    if len(groups) > 1:
        tested = log_rank(
            times["lasted_microseconds"].to_numpy(),
            (times["cause"] == GOAL).to_numpy(),
            times["level"].to_numpy(),
            clusters=times["customer_hash"].to_numpy(),
        )
        p_value = significant(tested.p_value)
    rows = [_summary(group, limit, seed) | {"log_rank_p_value": p_value} for group in groups]
    return pl.DataFrame(rows, schema=SUMMARY_SCHEMA)


def conversion_curves(times: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """Share of the journeys of each group that have converted after each time.

    Args:
        times: as ``time_to_convert``.
        seed: of the draws.

    Returns:
        One row per (level, seconds) at up to 200 of the times at which something ended, and
        at 0; groups in the order of ``time_to_convert``. ``converted_share`` with its
        interval, ``dropped_share`` and ``running_share`` sum to 1 (Aalen-Johansen).
    """
    parts = [_curve(group, seed) for group in _groups(times)]
    return pl.concat(parts) if parts else pl.DataFrame(schema=CURVE_SCHEMA)


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Journeys of one group, and their exact curve."""

    level: str
    lasted: NDArray[np.int64]
    causes: NDArray[np.str_]
    customers: NDArray[np.uint64]
    curve: Incidence
    read: int | None  # microseconds up to which it is read

    def of(self, cause: str) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.causes == cause
        return found


def _groups(times: pl.DataFrame) -> list[_Group]:
    found = []
    for (level,), rows in times.group_by("level", maintain_order=True):
        lasted = rows["lasted_microseconds"].to_numpy()
        causes = rows["cause"].to_numpy().astype(str)
        curve = incidence(lasted, causes)
        known = np.flatnonzero(curve.at_risk >= MIN_AT_RISK)
        read = int(curve.times[known[-1]]) if len(known) else None
        hashes = rows["customer_hash"].to_numpy()
        found.append(_Group(str(level), lasted, causes, hashes, curve, read))
    return sorted(found, key=lambda group: (-len(group.lasted), group.level))


def _summary(group: _Group, limit: float | None, seed: int) -> dict[str, Any]:
    customers = len(np.unique(group.customers))
    row: dict[str, Any] = {
        "level": group.level,
        "journeys": len(group.lasted),
        "customers": customers,
        "converted": int(group.of(GOAL).sum()),
        "dropped": int(group.of(DROPPED).sum()),
        "open": int(group.of(CENSORED).sum()),
        "read_seconds": None if group.read is None else significant(group.read / _MICROSECONDS),
        "limit_seconds": significant(limit),
        "is_insufficient": customers < MIN_CUSTOMERS,
    }
    nobody = kaplan_meier(group.lasted, group.of(GOAL))
    median = quantile(nobody, 0.5)
    if median is not None:
        row["if_nobody_gave_up_p50_seconds"] = significant(median / _MICROSECONDS)
    if group.read is None:
        return row
    times = group.curve.times.astype(np.float64)
    share = group.curve.of(GOAL)[:, np.newaxis]
    points, drawn = _replicates(group, seed)
    for name, exact, told in zip(
        _FIGURES,
        _figures(times, share, float(group.read), limit),
        _figures(points, drawn, float(group.read), limit),
        strict=True,
    ):
        known = told[~np.isnan(told)]
        if np.isnan(exact[0]):
            continue
        row[name] = significant(float(exact[0]))
        if customers > 1 and len(known):
            low, high = np.quantile(known, BOUNDS)
            row[f"{name}_low"] = significant(min(float(low), float(exact[0])))
            row[f"{name}_high"] = significant(max(float(high), float(exact[0])))
    return row


def _figures(
    times: Floats, shares: Floats, read: float, limit: float | None
) -> tuple[Floats, Floats, Floats]:
    """Share converted when read, median of those, restricted mean; an entry per column."""
    inside = shares[times <= read]
    final = inside[-1] if len(inside) else np.zeros(shares.shape[1])
    reached = inside >= final / 2 - EQUAL_SHARES
    median = times[: len(inside)][np.argmax(reached, axis=0)] / _MICROSECONDS
    median = np.where(final > 0, median, np.nan)
    if limit is None:
        return final, median, np.full(len(final), np.nan)
    stop = limit * _MICROSECONDS
    kept = times < stop
    edges = np.concatenate(([0.0], times[kept], [stop]))
    heights = np.vstack([np.ones((1, shares.shape[1])), 1 - shares[kept]])
    return final, median, (np.diff(edges)[:, np.newaxis] * heights).sum(axis=0) / _MICROSECONDS


def _replicates(group: _Group, seed: int) -> tuple[Floats, Floats]:
    """Share converted after each of some times (rows) in each replicate (columns)."""
    points = _thinned(np.unique(group.lasted), _CELLS)
    cause = np.searchsorted(np.sort(_CAUSES), group.causes)
    cells = np.searchsorted(points, group.lasted) * len(_CAUSES) + cause
    samples = (group.customers % np.uint64(SAMPLES)).astype(np.int64)
    size = len(points) * len(_CAUSES)
    counts = np.bincount(cells * SAMPLES + samples, minlength=size * SAMPLES)
    weights = sample_weights(seed=seed, purpose=_PURPOSE).T
    drawn = counts.reshape(size, SAMPLES).astype(np.float64) @ weights
    told = drawn.reshape(len(points), len(_CAUSES), -1)
    at_risk = told.sum(axis=1)[::-1].cumsum(axis=0)[::-1]
    place = {name: int(np.searchsorted(np.sort(_CAUSES), name)) for name in _CAUSES}
    goals = told[:, place[GOAL]]
    ended = goals + told[:, place[DROPPED]]
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(at_risk > 0, (at_risk - ended) / at_risk, 1.0)
        hazard = np.where(at_risk > 0, goals / at_risk, 0.0)
    running = np.cumprod(left, axis=0)
    before = np.vstack([np.ones((1, running.shape[1])), running[:-1]])
    return points.astype(np.float64), np.cumsum(before * hazard, axis=0)


def _curve(group: _Group, seed: int) -> pl.DataFrame:
    exact = group.curve
    chosen = _thinned(np.arange(len(exact.times)), _POINTS)
    seconds = exact.times[chosen].astype(np.float64)
    nobody = kaplan_meier(group.lasted, group.of(GOAL))
    given = np.searchsorted(nobody.times.astype(np.float64), seconds, side="right")
    converted = exact.of(GOAL)[chosen]
    low = high = np.full(len(chosen), np.nan)
    if len(np.unique(group.customers)) > 1 and len(chosen):
        points, drawn = _replicates(group, seed)
        before = np.searchsorted(points, seconds, side="right")
        held = np.vstack([np.zeros((1, drawn.shape[1])), drawn])[before]
        low, high = np.quantile(held, BOUNDS, axis=1)
        low, high = np.minimum(low, converted), np.maximum(high, converted)
    start = pl.DataFrame(
        [[group.level, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, len(group.lasted)]],
        schema=list(CURVE_SCHEMA)[:-1],
        orient="row",
    )
    rest = pl.DataFrame(
        {
            "level": [group.level] * len(chosen),
            "seconds": seconds / _MICROSECONDS,
            "converted_share": converted,
            "converted_share_low": low,
            "converted_share_high": high,
            "dropped_share": exact.of(DROPPED)[chosen],
            "running_share": exact.not_ended[chosen],
            "if_nobody_gave_up_share": 1 - np.concatenate(([1.0], nobody.share))[given],
            "at_risk": exact.at_risk[chosen],
        }
    )
    told = pl.concat([start.cast(rest.schema), rest.filter(pl.col("seconds") > 0)])
    return told.with_columns(
        pl.col("^.*_share.*$").fill_nan(None).round_sig_figs(9),
        is_insufficient=pl.col("at_risk") < MIN_AT_RISK,
    )


def _thinned(values: NDArray[Any], most: int) -> NDArray[Any]:
    """At most so many of the values, evenly over their order, the last among them."""
    if len(values) <= most:
        return values
    return values[np.linspace(0, len(values) - 1, most).round().astype(np.int64)]
