"""Counts -> rates, intervals and design effects. Vectorised, pure functions, no I/O."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Two-sided 95 % of the standard normal distribution.
Z_95: Final = 1.959963984540054
SIGNIFICANT_DIGITS: Final = 9
#: Fewer customers say little: figures on them are marked.
MIN_CUSTOMERS: Final = 30

_INTERVAL_SCHEMA: Final = {
    "measure": pl.String,
    "item": pl.String,
    "successes": pl.Int64,
    "trials": pl.Int64,
    "customers": pl.Int64,
    "rate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "design_effect": pl.Float64,
    "is_insufficient": pl.Boolean,
}
_DIFFERENCE_SCHEMA: Final = {
    "measure": pl.String,
    "item": pl.String,
    "difference": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def significant(value: float | None) -> float | None:
    """A float rounded to the 9 significant digits that are published; None stays None."""
    if value is None:
        return None
    return float(f"{value:.{SIGNIFICANT_DIGITS - 1}e}")


def design_effect(
    successes: ArrayLike,
    trials: ArrayLike,
    customers: ArrayLike,
    sum_xx: ArrayLike,
    sum_xn: ArrayLike,
    sum_nn: ArrayLike,
) -> Floats:
    """How much less the trials say because one customer's depend on each other.

    max(1, Σ(x - p·n)² ÷ (n·p·(1 - p)) · C ÷ (C - 1)) over the customers' successes x and
    trials n; the square is taken from the sums, which add up over partitions.

    Args:
        successes: Σx.
        trials: Σn.
        customers: number C of customers with a trial.
        sum_xx: Σx².
        sum_xn: Σx·n.
        sum_nn: Σn².

    Returns:
        At least 1; 1 where the rate is 0 or 1, or there are fewer than two customers;
        NaN without trials.

    Source:
        Kish: Survey sampling (1965); the ratio estimator's variance under cluster sampling.
    """
    x, n, c = _floats(successes), _floats(trials), _floats(customers)
    xx, xn, nn = _floats(sum_xx), _floats(sum_xn), _floats(sum_nn)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = x / n
        spread = xx - 2 * rate * xn + rate**2 * nn
        effect = spread / (n * rate * (1 - rate)) * c / (c - 1)
    plain = (x == 0) | (x == n) | (c < 2)
    effect = np.where(plain, 1.0, np.maximum(effect, 1.0))
    return np.where(n > 0, effect, np.nan)


def wilson(
    successes: ArrayLike, trials: ArrayLike, deff: ArrayLike = 1.0, z: float = Z_95
) -> tuple[Floats, Floats]:
    """Interval of a proportion, after dividing the counts by the design effect.

    Args:
        successes: counts in [0, trials].
        trials: counts.
        deff: design effect, at least 1.
        z: quantile of the standard normal distribution.

    Returns:
        (low, high), each in [0, 1]; NaN without trials.

    Source:
        Wilson: Probable inference, the law of succession, and statistical inference (1927).
    """
    n = _floats(trials) / _floats(deff)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = _floats(successes) / _floats(trials)
        middle = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    low = np.where(rate == 0, 0.0, middle - half)
    high = np.where(rate == 1, 1.0, middle + half)
    return low, high


def newcombe(
    rate: ArrayLike,
    interval: tuple[ArrayLike, ArrayLike],
    other_rate: ArrayLike,
    other_interval: tuple[ArrayLike, ArrayLike],
) -> tuple[Floats, Floats]:
    """Interval of the difference ``rate - other_rate`` of two independent proportions.

    Args:
        rate: proportion of the first group.
        interval: its Wilson interval (low, high).
        other_rate: proportion of the second group.
        other_interval: its Wilson interval.

    Returns:
        (low, high), each in [-1, 1]; NaN where an argument is.

    Source:
        Newcombe: Interval estimation for the difference between independent proportions
        (1998), method 10.
    """
    first, second = _floats(rate), _floats(other_rate)
    low, high = (_floats(bound) for bound in interval)
    other_low, other_high = (_floats(bound) for bound in other_interval)
    difference = first - second
    below = np.sqrt((first - low) ** 2 + (other_high - second) ** 2)
    above = np.sqrt((high - first) ** 2 + (second - other_low) ** 2)
    return difference - below, difference + above


def intervals(*counts: pl.DataFrame) -> pl.DataFrame:
    """Rates with their intervals from counts of successes and trials.

    Args:
        counts: frames with one row per (measure, item): ``successes``, ``trials``,
            ``customers``, ``sum_xx``, ``sum_xn``, ``sum_nn`` as ``design_effect`` takes them.

    Returns:
        Per (measure, item), sorted so: the counts, ``rate``, ``low``, ``high``,
        ``design_effect`` (null without trials) and ``is_insufficient``.
    """
    told = pl.concat(counts).sort("measure", "item")
    x, n, c = (told[name].to_numpy() for name in ("successes", "trials", "customers"))
    sums = [told[name].cast(pl.Float64).to_numpy() for name in ("sum_xx", "sum_xn", "sum_nn")]
    effect = design_effect(x, n, c, *sums)
    low, high = wilson(x, n, effect)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = _floats(x) / _floats(n)
    return pl.DataFrame(
        {
            **{name: told[name] for name in ("measure", "item", "successes", "trials")},
            "customers": told["customers"],
            "rate": _published(rate),
            "low": _published(low),
            "high": _published(high),
            "design_effect": _published(effect),
            "is_insufficient": told["customers"] < MIN_CUSTOMERS,
        },
        schema=_INTERVAL_SCHEMA,
    )


def differences(rates: pl.DataFrame) -> pl.DataFrame:
    """Differences of the measures ``<name>_with`` and ``<name>_without``, item by item.

    Args:
        rates: as ``intervals`` returns.

    Returns:
        Per (measure, item), sorted so, where ``measure`` is the common name: ``difference``
        (with - without) and Newcombe's ``low`` and ``high``; null where one has no trials.
    """
    kept = ("measure", "item", "rate", "low", "high")
    first = rates.select(kept).filter(pl.col("measure").str.ends_with("_with"))
    second = rates.select(kept).filter(pl.col("measure").str.ends_with("_without"))
    both = (
        first.with_columns(pl.col("measure").str.strip_suffix("_with"))
        .join(
            second.with_columns(pl.col("measure").str.strip_suffix("_without")),
            on=("measure", "item"),
            suffix="_other",
        )
        .sort("measure", "item")
    )
    a, b = both["rate"].to_numpy(), both["rate_other"].to_numpy()
    low, high = newcombe(
        a,
        (both["low"].to_numpy(), both["high"].to_numpy()),
        b,
        (both["low_other"].to_numpy(), both["high_other"].to_numpy()),
    )
    return pl.DataFrame(
        {
            "measure": both["measure"],
            "item": both["item"],
            "difference": _published(_floats(a) - _floats(b)),
            "low": _published(low),
            "high": _published(high),
        },
        schema=_DIFFERENCE_SCHEMA,
    )


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _published(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else significant(value) for value in values]
