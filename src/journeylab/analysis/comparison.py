"""Sums per customer in two groups -> differences of ratios, tested by permuting customers.

Pure functions, no I/O. A ratio is one sum over another, for example transitions of an edge
over all moves out of its source.
"""

from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import erfc

from journeylab.analysis.permuting import KEY, Sums, added
from journeylab.analysis.statistics import (
    MIN_CUSTOMERS,
    SIGNIFICANT_DIGITS,
    design_effect,
    newcombe,
    wilson,
)

#: Highest adjusted p that is called significant.
LEVEL: Final = 0.05

_FEW: Final = 10  # permutations as far out: fewer say little about a small p

Floats = NDArray[np.float64]


def compare_ratios(found: Sums, ratios: pl.DataFrame, permuted: Floats) -> pl.DataFrame:
    """Difference of each ratio between group a and group b.

    Args:
        found: the sums of the customers.
        ratios: one row per ratio: ``numerator`` and ``denominator`` are features;
            ``from_node``, ``to_node`` those of the numerator, ``denominator_from_node`` that
            of the denominator, whose to_node is null; ``is_share`` where the numerator is
            part of the denominator. Further columns are kept.
        permuted: the sums of group a under permuted labels, of ``permuted_sums``.

    Returns:
        The rows of ``ratios`` in their order, without the columns named above but
        ``from_node`` and ``to_node``, with ``value_a``, ``value_b`` (null without a
        denominator), ``difference`` (a - b), ``difference_low`` and ``difference_high`` at
        95 % (Newcombe on the design effect; shares only), ``effect_size`` (Cohen's h for
        shares, difference ÷ value_b for others), ``p_value``, ``p_adjusted``
        (Benjamini-Hochberg over the rows that have one), ``is_significant``, ``n_a``,
        ``n_b`` (denominators), ``customers_a``, ``customers_b`` behind them and
        ``is_insufficient``: fewer than 30 of them in a group, where there is no p.
        Where fewer than 10 permutations lie as far out, p falls from that of the tenth as the
        tail of the normal distribution with their spread, if 30 customers did it at all.

    Source:
        Good: Permutation, parametric and bootstrap tests of hypotheses (2005), ch. 3;
        Benjamini and Hochberg: Controlling the false discovery rate (1995).
    """
    over, under = _places(ratios, found.keys)
    sums = [_sums(side, found, over, under) for side in found.sides]
    values = [_ratio(side["x"], side["n"]) for side in sums]
    observed = values[0] - values[1]
    drawn = _differences(found, permuted, over, under)
    supporters = sums[0]["holders"] + sums[1]["holders"]
    insufficient = np.minimum(sums[0]["customers"], sums[1]["customers"]) < MIN_CUSTOMERS
    p = _p_values(observed, drawn, supporters >= MIN_CUSTOMERS)
    p[insufficient] = np.nan
    adjusted = benjamini_hochberg(p)
    shares = ratios["is_share"].to_numpy()
    low, high = _interval(sums, values, shares)
    names = ("numerator", "denominator", "denominator_from_node", "is_share")
    return ratios.drop(names).with_columns(
        _column("value_a", values[0]),
        _column("value_b", values[1]),
        _column("difference", observed),
        _column("difference_low", low),
        _column("difference_high", high),
        _column("effect_size", _effect(values, shares)),
        _column("p_value", p),
        _column("p_adjusted", adjusted),
        pl.Series("is_significant", np.nan_to_num(adjusted, nan=1.0) <= LEVEL),
        pl.Series("n_a", sums[0]["n"].round().astype(np.int64)),
        pl.Series("n_b", sums[1]["n"].round().astype(np.int64)),
        pl.Series("customers_a", sums[0]["customers"].astype(np.int64)),
        pl.Series("customers_b", sums[1]["customers"].astype(np.int64)),
        pl.Series("is_insufficient", insufficient),
    )


def benjamini_hochberg(p: Floats) -> Floats:
    """Adjusted p: the least rate of false discoveries at which each is called a discovery.

    Args:
        p: p values; NaN where there is none, which counts for nothing.

    Returns:
        Adjusted values in the same places, NaN where p is.
    """
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    if len(known):
        order = known[np.argsort(p[known], kind="stable")]
        scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
        adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


def _places(ratios: pl.DataFrame, keys: pl.DataFrame) -> tuple[NDArray[Any], NDArray[Any]]:
    """Columns of numerators and denominators; the column of zeros for a sum nobody has."""
    none = pl.lit(None, dtype=pl.String)
    placed = keys.with_row_index("place")
    numerators = ratios.select(pl.col("numerator").alias("feature"), "from_node", "to_node")
    denominators = ratios.select(
        pl.col("denominator").alias("feature"),
        pl.col("denominator_from_node").alias("from_node"),
        none.alias("to_node"),
    )
    found = (
        part.join(placed, on=KEY, how="left", nulls_equal=True, maintain_order="left")["place"]
        .fill_null(keys.height)
        .to_numpy()
        .astype(np.int64)
        for part in (numerators, denominators)
    )
    over, under = found
    return over, under


def _sums(
    side: Any,  # noqa: ANN401 - sparse
    found: Sums,
    over: NDArray[Any],
    under: NDArray[Any],
) -> dict[str, Floats]:
    """Sums over the customers of a side, for each ratio."""
    amounts, squares, holders = (
        added(side, of) for of in (side.data, side.data.astype(np.float64) ** 2, side.data > 0)
    )
    amounts /= found.units
    return {
        "x": amounts[over],
        "n": amounts[under],
        "holders": holders[over],
        "customers": holders[under],
        "xx": squares[over],
        "xn": _products(side, over, under, found.is_exact),
        "nn": squares[under],
    }


def _products(
    side: Any,  # noqa: ANN401 - sparse
    over: NDArray[Any],
    under: NDArray[Any],
    is_exact: NDArray[np.bool_],
) -> Floats:
    """Over the customers, the sum of numerator times denominator for each ratio."""
    told = np.zeros(len(over))
    of_customer = np.zeros(side.shape[0])
    latest = slice(0, 0)
    for place in np.argsort(under, kind="stable"):
        column, denominator = (slice(*side.indptr[n : n + 2]) for n in (over[place], under[place]))
        if denominator != latest:
            of_customer[side.indices[latest]] = 0.0
            of_customer[side.indices[denominator]] = side.data[denominator]
            latest = denominator
        amounts = side.data[column].astype(np.float64)
        if is_exact[over[place]] and is_exact[under[place]]:
            told[place] = np.einsum("i,i", amounts, of_customer[side.indices[column]])
        else:  # one after the other
            rows = sparse.csc_array(
                (amounts, side.indices[column], [0, len(amounts)]), (len(of_customer), 1)
            )
            told[place] = (rows.T @ of_customer)[0]
    return told


def _differences(found: Sums, of_a: Floats, over: NDArray[Any], under: NDArray[Any]) -> Floats:
    """Differences of the ratios under permuted labels."""
    total = sum((added(side, side.data) / found.units)[:, None] for side in found.sides)
    of_b = total - of_a
    told: Floats = _ratio(of_a[over], of_a[under]) - _ratio(of_b[over], of_b[under])
    return told


def _p_values(observed: Floats, permuted: Floats, has_support: NDArray[np.bool_]) -> Floats:
    valid = ~np.isnan(permuted)
    size = np.where(valid, np.abs(permuted), -1.0)
    seen = np.abs(observed)[:, None] * (1 - 1e-12)
    out, of = (size >= seen).sum(axis=1), valid.sum(axis=1)
    counted = (1 + out) / (1 + of)
    # Beyond the tenth farthest permutation p falls as the tail of the normal distribution.
    few = min(_FEW, size.shape[1])
    tenth = np.partition(size, -few, axis=1)[:, -few]
    beyond = (size >= tenth[:, None]).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(2 * (np.maximum(size, 0) ** 2).sum(axis=1) / of)
        fall = erfc(np.abs(observed) / spread) / erfc(tenth / spread)
        tail = (1 + beyond) / (1 + of) * fall
    use_tail = (out < _FEW) & has_support & (spread > 0) & (tenth > 0)
    p = np.where(use_tail, np.maximum(tail, 1e-300), counted)
    p[np.isnan(observed) | (of == 0)] = np.nan
    return np.asarray(p, dtype=np.float64)


def _interval(
    sums: list[dict[str, Floats]], values: list[Floats], shares: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        bounds = []
        for side in sums:
            x = np.where(shares, side["x"], 0.0)
            effect = design_effect(
                x, side["n"], side["customers"], side["xx"], side["xn"], side["nn"]
            )
            bounds.append(wilson(x, side["n"], effect))
        low, high = newcombe(values[0], bounds[0], values[1], bounds[1])
    return np.where(shares, low, np.nan), np.where(shares, high, np.nan)


def _effect(values: list[Floats], shares: NDArray[np.bool_]) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        angles = [2 * np.arcsin(np.sqrt(np.clip(value, 0, 1))) for value in values]
        relative = np.where(values[1] != 0, (values[0] - values[1]) / values[1], np.nan)
    return np.where(shares, angles[0] - angles[1], relative)


def _ratio(over: Floats, under: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(under > 0, over / under, np.nan)


def _column(name: str, values: Floats) -> pl.Series:
    """Nine significant digits, null for NaN."""
    rounded = [
        None if np.isnan(value) else float(f"{value:.{SIGNIFICANT_DIGITS - 1}e}")
        for value in values
    ]
    return pl.Series(name, rounded, dtype=pl.Float64)
