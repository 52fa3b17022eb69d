"""Excesses of all faces -> those that survive many comparisons. Pure functions, no I/O."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtrit

from journeylab.analysis.statistics import MIN_CUSTOMERS, significant

Floats = NDArray[np.float64]

#: Share of false findings that is accepted among those reported.
FALSE_SHARE: Final = 0.05
#: Level of the intervals the excesses come with.
_LEVEL: Final = 0.95

_KEPT: Final = (
    "face",
    "item",
    "touchpoint_key",
    "unit",
    "n",
    "customers",
    "journeys",
    "figure",
    "reference",
    "excess",
    "excess_low",
    "excess_high",
    "p_value",
    "conversions",
)
_SCHEMA: Final = {
    "face": pl.String,
    "item": pl.String,
    "touchpoint_key": pl.UInt16,
    "unit": pl.String,
    "n": pl.Int64,
    "customers": pl.Int64,
    "journeys": pl.Int64,
    "figure": pl.Float64,
    "reference": pl.Float64,
    "excess": pl.Float64,
    "excess_low": pl.Float64,
    "excess_high": pl.Float64,
    "p_value": pl.Float64,
    "conversions": pl.Float64,
    "p_adjusted": pl.Float64,
    "is_opportunity": pl.Boolean,
}


def opportunities(
    faces: pl.DataFrame,
    tests: pl.DataFrame,
    values: pl.DataFrame,
    associations: pl.DataFrame,
    visits: pl.DataFrame,
    touchpoints: pl.DataFrame,
) -> pl.DataFrame:
    """Every comparison that could be an opportunity, judged together.

    The p of all candidates of all faces are adjusted as one family. The intervals of those
    that survive are widened to the level 1 - 0.05 survivors ÷ candidates, because they were
    chosen by their size; of an interval by Student's t each side grows by the ratio of the
    two quantiles.

    Args:
        faces: as ``analysis.bottleneck_faces``.
        tests: as ``analysis.bottleneck_tests``.
        values: as ``analysis.bottleneck_values``.
        associations: as ``analysis.association_tests``.
        visits: as ``analysis.visit_samples``.
        touchpoints: as ``core.touchpoints``.

    Returns:
        Candidates with p and 30 customers or more, by (face, item).

    Source:
        Benjamini, Hochberg: Controlling the false discovery rate (1995); Benjamini,
        Yekutieli: False discovery rate-adjusted multiple confidence intervals (2005).
    """
    reached = visits.group_by("touchpoint_key").agg(pl.col("journeys").sum())
    bottlenecks = (
        faces.join(tests, on=("face", "touchpoint_key"))
        .join(
            values.select("face", "touchpoint_key", "conversions"),
            on=("face", "touchpoint_key"),
            how="left",
        )
        .join(reached, on="touchpoint_key")
        .join(touchpoints.select("touchpoint_key", item="touchpoint"), on="touchpoint_key")
        .select(_KEPT)
    )
    lost = associations.with_columns(conversions=pl.col("excess")).select(_KEPT)
    found = (
        pl.concat([bottlenecks, lost], how="vertical_relaxed")
        .filter(pl.col("customers") >= MIN_CUSTOMERS, pl.col("p_value").is_not_null())
        .sort("face", "item")
    )
    adjusted = benjamini_hochberg(found["p_value"].to_numpy())
    chosen = adjusted <= FALSE_SHARE
    wider = _widening(found["customers"].to_numpy(), chosen)
    excess, low, high = (found[name].to_numpy() for name in ("excess", "excess_low", "excess_high"))
    return found.with_columns(
        excess_low=_rounded(excess - wider * (excess - low)),
        excess_high=_rounded(excess + wider * (high - excess)),
        p_adjusted=_rounded(adjusted),
        is_opportunity=pl.Series(chosen, dtype=pl.Boolean),
    ).cast(pl.Schema(_SCHEMA))


def benjamini_hochberg(p_values: Floats) -> Floats:
    """Least share of false findings at which each would still be reported.

    Example:
        >>> benjamini_hochberg(np.array([0.01, 0.5, 0.02])).tolist()
        [0.03, 0.5, 0.03]
    """
    count = len(p_values)
    order = np.argsort(-p_values, kind="stable")
    scaled = p_values[order] * count / np.arange(count, 0, -1)
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return adjusted


def _widening(customers: NDArray[np.int64], chosen: NDArray[np.bool_]) -> Floats:
    """Factor of each interval: 1 where the row was not chosen."""
    if not chosen.any():
        return np.ones(len(chosen))
    level = 1 - FALSE_SHARE * chosen.sum() / len(chosen)
    wide = stdtrit(customers - 1, (1 + level) / 2)
    plain = stdtrit(customers - 1, (1 + _LEVEL) / 2)
    return np.where(chosen, wide / plain, 1.0)


def _rounded(values: Floats) -> pl.Series:
    return pl.Series([significant(float(value)) for value in values], dtype=pl.Float64)
