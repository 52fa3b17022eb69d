"""Sums per customer in two groups -> differences of ratios, tested by permuting customers.

Pure functions, no I/O. A ratio is one sum over another, for example transitions of an edge
over all moves out of its source. Visits of one customer depend on each other, so whole
customers are permuted, never visits.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import erfc

from journeylab.analysis.dealing import Deals
from journeylab.analysis.statistics import (
    MIN_CUSTOMERS,
    SIGNIFICANT_DIGITS,
    design_effect,
    newcombe,
    wilson,
)

PERMUTATIONS: Final = 500
#: Highest adjusted p that is called significant.
LEVEL: Final = 0.05

_SIDES: Final = ("a", "b")
_KEY: Final = ("feature", "from_node", "to_node")
_AT_ONCE: Final = 50  # permutations in one matrix product: bounds the memory
_THREADS: Final = 2  # that permute side by side
_EXACT: Final = 2**24  # whole numbers below it are exact in 32 bits
_FEW: Final = 10  # permutations as far out: fewer say little about a small p

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What each customer did in each group; no entry is 0.

    Attributes:
        keys: feature, from_node and to_node of each column, sorted.
        hashes: 64-bit hash of each customer's id, ascending.
        sides: of group a and of group b, sums with customers down and features across, and a
            last column of zeros; column by column.
        gaps: a less b, customer by customer: features down, customers across.
        is_exact: of each row of these, whether its sums over any customers are exact in 32 bits.
        wholes: of each row, the row that adds up it and others, all of them exact; -1 for none.
    """

    keys: pl.DataFrame
    hashes: NDArray[np.uint64]
    sides: tuple[Any, Any]  # sparse
    gaps: Any  # sparse
    is_exact: NDArray[np.bool_]
    wholes: NDArray[np.intp]


def sums_of(features: pl.DataFrame) -> Sums:
    """Sums of rows.

    Args:
        features: one row per (side ``a`` or ``b``, customer_hash, feature, from_node,
            to_node) with ``amount``, a sum over the customer's journeys on that side.
    """
    keys = features.select(_KEY).unique().sort(_KEY, nulls_last=True)
    hashes = features["customer_hash"].unique().sort()
    a, b = (_matrix(features.filter(side=side), keys, hashes) for side in _SIDES)
    gaps = sparse.csc_array((a - b).T)
    is_exact = are_exact(gaps.indices, gaps.data, keys.height + 1)
    wholes = np.full(keys.height + 1, -1)
    return Sums(keys, hashes.to_numpy(), (a, b), gaps, is_exact, wholes)


def compare_ratios(
    found: Sums,
    ratios: pl.DataFrame,
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
    deals: Deals | None = None,
    permuted: Floats | None = None,
) -> pl.DataFrame:
    """Difference of each ratio between group a and group b.

    A customer who is in one group keeps its label or takes the other's, the number of
    customers of each group staying; one who is in both has both labels swapped or none.

    Args:
        found: the sums of the customers.
        ratios: one row per ratio: ``numerator`` and ``denominator`` are features;
            ``from_node``, ``to_node`` those of the numerator, ``denominator_from_node`` that
            of the denominator, whose to_node is null; ``is_share`` where the numerator is
            part of the denominator. Further columns are kept.
        seed: the run's seed.
        permutations: how many.
        deals: what earlier comparisons of the same customers have dealt; the answer is the same.
        permuted: of ``permuted_sums``, with the same seed; None works it out.

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
    sums = [_sums(found, number, over, under) for number in range(len(_SIDES))]
    values = [_ratio(side["x"], side["n"]) for side in sums]
    observed = values[0] - values[1]
    if permuted is None:
        (permuted,) = permuted_sums([found], seed=seed, permutations=permutations, deals=deals)
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


def permuted_sums(
    tables: Sequence[Sums],
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
    deals: Deals | None = None,
) -> list[Floats]:
    """Sums of group a under permuted labels; those of the same customers are dealt once.

    Args:
        tables: sums of the customers, by whatever they did.
        seed: the run's seed.
        permutations: how many.
        deals: what was dealt before.

    Returns:
        Of each table, features down and permutations across.
    """
    dealt = deals or Deals()
    made = [np.empty((found.gaps.shape[0], permutations)) for found in tables]
    waiting = list(range(len(tables)))
    while waiting:
        who = _customers(tables[waiting[0]])
        same = [n for n in waiting if all(map(np.array_equal, who, _customers(tables[n])))]
        waiting = [n for n in waiting if n not in same]
        _permute([(tables[n], made[n]) for n in same], who, seed, dealt)
    return made


def are_exact(features: NDArray[Any], amounts: NDArray[Any], size: int) -> NDArray[np.bool_]:
    """Of which features sums of any of the amounts, in any order, are exact in 32 bits.

    Args:
        features: of each amount, its feature, from 0.
        amounts: what is summed.
        size: number of features.
    """
    broken = np.bincount(features, amounts != np.rint(amounts), minlength=size)
    largest = np.bincount(features, np.abs(amounts), minlength=size)
    told: NDArray[np.bool_] = (broken == 0) & (largest < _EXACT)
    return told


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


def _matrix(features: pl.DataFrame, keys: pl.DataFrame, hashes: pl.Series) -> Any:  # noqa: ANN401
    """Customers down, features across and a last column of zeros."""
    placed = features.join(keys.with_row_index("place"), on=_KEY, how="left", nulls_equal=True)
    rows = hashes.search_sorted(placed["customer_hash"]).to_numpy()
    entries = (placed["amount"].to_numpy(), (rows, placed["place"].to_numpy()))
    made = sparse.csc_array(entries, shape=(len(hashes), keys.height + 1), dtype=np.float64)
    made.eliminate_zeros()
    return made


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
        part.join(placed, on=_KEY, how="left", nulls_equal=True, maintain_order="left")["place"]
        .fill_null(keys.height)
        .to_numpy()
        .astype(np.int64)
        for part in (numerators, denominators)
    )
    over, under = found
    return over, under


def _sums(found: Sums, number: int, over: NDArray[Any], under: NDArray[Any]) -> dict[str, Floats]:
    """Sums over the customers of a side, for each ratio."""
    side = found.sides[number]
    amounts, squares, holders = (
        _added(side, of) for of in (side.data, side.data.astype(np.float64) ** 2, side.data > 0)
    )
    return {
        "x": amounts[over],
        "n": amounts[under],
        "holders": holders[over],
        "customers": holders[under],
        "xx": squares[over],
        "xn": _products(side, over, under, found.is_exact),
        "nn": squares[under],
    }


def _added(side: Any, amounts: NDArray[Any]) -> Floats:  # noqa: ANN401 - sparse
    """Sums of each column, of other amounts in the same places."""
    told = np.zeros(side.shape[1])
    filled = np.flatnonzero(np.diff(side.indptr))
    if len(filled):
        told[filled] = np.add.reduceat(amounts, side.indptr[filled], dtype=np.float64)
    return told


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


def _customers(found: Sums) -> tuple[NDArray[Any], ...]:
    """The customers, and which of them are in each group."""
    size = len(found.hashes)
    in_a, in_b = (np.bincount(side.indices, minlength=size) > 0 for side in found.sides)
    return found.hashes, in_a, in_b


def _permute(
    tables: Sequence[tuple[Sums, Floats]], who: tuple[NDArray[Any], ...], seed: int, deals: Deals
) -> None:
    """Fill in sums of group a under permuted labels, of tables of the same customers."""
    parts = [
        (
            made,
            _without_wholes(found),
            [_row(found.gaps, int(row)) for row in np.flatnonzero(~found.is_exact)],
        )
        for found, made in tables
    ]
    permutations = tables[0][1].shape[1]

    def permute(first: int) -> None:
        some = slice(first, min(first + _AT_ONCE, permutations))
        kept = deals.block(*who, seed=seed, first=first, last=some.stop)
        narrow = kept.astype(np.float32)
        for made, gaps, broken in parts:
            made[:, some] = gaps @ narrow
            for row, customers, amounts in broken:
                made[row, some] = amounts @ kept[customers].astype(np.float64)

    with ThreadPoolExecutor(_THREADS) as threads:
        list(threads.map(permute, range(0, permutations, _AT_ONCE)))
    for found, made in tables:
        of_parts = np.flatnonzero(found.wholes >= 0)
        np.add.at(made, found.wholes[of_parts], made[of_parts])
        made += _added(found.sides[1], found.sides[1].data)[:, None]


def _without_wholes(found: Sums) -> Any:  # noqa: ANN401 - sparse
    """Gaps in 32 bits, nothing in rows that other rows add up to."""
    is_whole = np.zeros(found.gaps.shape[0], dtype=bool)
    is_whole[found.wholes[found.wholes >= 0]] = True
    stays = ~is_whole[found.gaps.indices]
    before = np.zeros(len(stays) + 1, dtype=np.int32)
    np.cumsum(stays, dtype=np.int32, out=before[1:])
    cells = (found.gaps.data[stays].astype(np.float32), found.gaps.indices[stays])
    return sparse.csc_array((*cells, before[found.gaps.indptr]), found.gaps.shape)


def _row(gaps: Any, row: int) -> tuple[int, NDArray[np.intp], Any]:  # noqa: ANN401 - sparse
    """A row of gaps: its number, customers that have something in it, and what."""
    places = np.flatnonzero(gaps.indices == row)
    customers = np.searchsorted(gaps.indptr, places, side="right") - 1
    across = np.arange(len(places))
    amounts = (gaps.data[places], across, np.array([0, len(places)]))
    return row, customers, sparse.csr_array(amounts, (1, len(places)))


def _differences(found: Sums, of_a: Floats, over: NDArray[Any], under: NDArray[Any]) -> Floats:
    """Differences of the ratios under permuted labels."""
    total = sum(_added(side, side.data)[:, None] for side in found.sides)
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
