"""Amounts of journeys -> intervals by resampling groups of customers. Pure functions, no I/O."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.customer_groups import (
    SAMPLES,
    Cells,
    groups_of,
    replicated,
    sample_weights,
)
from journeylab.analysis.resampling import BOUNDS
from journeylab.analysis.statistics import significant

Floats = NDArray[np.float64]

#: Share of an item's amounts, in the middle of them, that fall into parts of some 1,024; those
#: before and after make one part each: few medians of replicates lie there.
_MIDDLE: Final = 0.2
_MOST_PARTS: Final = 1_024
_COUNT_OF_A_PART: Final = 1_024


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Amounts of one item, those of one group of customers drawn together.

    Attributes:
        groups: of each amount, the group of its customers.
        amounts: the amounts, in any order.
        counts: how often each stands in its group.
    """

    groups: NDArray[np.intp]
    amounts: Floats
    counts: Floats


_SCHEMA: Final = {
    "kpi": pl.String,
    "currency": pl.String,
    "low": pl.Float64,
    "high": pl.Float64,
}

_RATIO_SCHEMA: Final = {
    "item": pl.String,
    "n": pl.Int64,
    "customers": pl.Int64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}

_MEDIAN_SCHEMA: Final = {"item": pl.String, "low": pl.Float64, "high": pl.Float64}


def kpi_intervals(items: pl.DataFrame, amounts: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """Intervals of figures over journeys or conversations, by a Poisson bootstrap over customers.

    Args:
        items: one row per (kpi, currency): ``item_number``, ``kpi``, ``statistic`` (``mean``,
            ``median``, or ``gain``: the sum less 1), ``currency`` (null for none) and how many
            ``customers`` it is of.
        amounts: one row per (item, sample of customers, amount): ``item_number``,
            ``sample_number``, ``amount``, and ``n``, how many have it.
        seed: the run's seed.

    Returns:
        Per (kpi, currency), in the order of items: ``low`` and ``high``, the 2.5th and 97.5th
        percentile of 200 replicates; null below two customers.
    """
    rows, by_item = [], _by_item(amounts)
    for item in items.iter_rows(named=True):
        low: float | None = None
        high: float | None = None
        if item["customers"] > 1:
            weights = sample_weights(seed=seed, purpose=item["kpi"])
            figures = _figures(item["statistic"], _drawn(by_item[item["item_number"]]), weights)
            low, high = (float(bound) for bound in np.quantile(figures, BOUNDS))
        rows.append(
            {
                "kpi": item["kpi"],
                "currency": item["currency"],
                "low": significant(low),
                "high": significant(high),
            }
        )
    return pl.DataFrame(rows, schema=_SCHEMA)


def median_intervals(items: pl.DataFrame, amounts: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """Intervals of the medians of many items at once, by a bootstrap over customers.

    Args:
        items: one row an item: ``item_number``, ``item`` and how many ``customers`` it is of.
        amounts: as of ``kpi_intervals``.
        seed: the run's seed.

    Returns:
        Per item, in the order of items: ``low`` and ``high``, the 2.5th and 97.5th percentile
        of 200 replicates; null below two customers. One customer is drawn alike for all items.
    """
    weights, by_item = sample_weights(seed=seed, purpose="medians"), _by_item(amounts)
    drawn = (_drawn(by_item[number]) for number in items["item_number"])
    figures = resampled_medians(drawn, weights).T
    low, high = _bounds(figures, (items["customers"] > 1).to_numpy())
    return pl.DataFrame({"item": items["item"], "low": low, "high": high}, schema=_MEDIAN_SCHEMA)


def ratio_intervals(samples: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """Means with their intervals for many items at once, by a bootstrap over customers.

    Args:
        samples: one row per (item, customer): ``item``, ``customer_hash``, ``amount`` (a whole
            number) and ``n``, how many the amount is the sum of.
        seed: the run's seed.

    Returns:
        Per item, sorted so: ``n``, ``customers``, ``value`` = sum of amounts / sum of n, and
        ``low`` and ``high``, the 2.5th and 97.5th percentile of 200 replicates; null below two
        customers. One customer is drawn alike for all items.
    """
    if samples.is_empty():
        return pl.DataFrame(schema=_RATIO_SCHEMA)
    items, item = np.unique(samples["item"].to_numpy(), return_inverse=True)
    amounts = samples.select(pl.col("amount", "n").cast(pl.Float64)).to_numpy().T
    cells = Cells(item, groups_of(samples["customer_hash"].to_numpy()), amounts, len(items))
    sums, counts = replicated(cells, sample_weights(seed=seed, purpose="nps"))
    with np.errstate(divide="ignore", invalid="ignore"):
        means = (sums / counts).T
    value, figures = means[0], means[1:]
    total, customers = counts[:, 0], np.bincount(item)
    low, high = _bounds(figures, customers > 1)
    return pl.DataFrame(
        {
            "item": items,
            "n": total.astype(np.int64),
            "customers": customers,
            "value": [significant(float(figure)) for figure in value],
            "low": low,
            "high": high,
        },
        schema=_RATIO_SCHEMA,
    )


def resampled_medians(items: Iterable[Drawn], weights: Floats) -> Floats:
    """Medians of the amounts of items in each replicate of the groups of customers.

    The amounts of an item fall in order into parts, small ones in the middle. Sums over the groups
    tell in which part the median of each replicate lies; only the amounts of those are looked at
    one by one.

    Args:
        items: the amounts of each.
        weights: of ``sample_weights``.

    Returns:
        One row per item, one column per replicate; NaN where no amount is drawn. A median
        between two amounts is their mean.
    """
    medians = [_medians(drawn, weights) for drawn in items]
    return np.array(medians).reshape(len(medians), len(weights))


def _medians(drawn: Drawn, weights: Floats) -> Floats:
    in_order = np.argsort(drawn.amounts)
    amounts, groups = drawn.amounts[in_order], drawn.groups[in_order]
    counts = drawn.counts[in_order]
    begins = _parts(counts)
    cells = np.repeat(np.arange(len(begins) - 1) * SAMPLES, np.diff(begins)) + groups
    parts = np.bincount(cells, counts, minlength=(len(begins) - 1) * SAMPLES).reshape(-1, SAMPLES)
    standing = (parts @ weights.T).cumsum(axis=0)
    total = standing[-1]
    is_drawn = total > 0
    medians = np.where(is_drawn, 0.0, np.nan)
    for target in ((total - 1) // 2, total // 2):
        in_part = (standing <= target).sum(axis=0)
        for part in np.unique(in_part[is_drawn]):
            replicates = np.flatnonzero((in_part == part) & is_drawn)
            begin, after = begins[part : part + 2]
            before = standing[part - 1, replicates] if part else 0.0
            wanted = (target[replicates] - before)[:, np.newaxis]
            stands = weights[np.ix_(replicates, groups[begin:after])] * counts[begin:after]
            place = begin + (stands.cumsum(axis=1) <= wanted).sum(axis=1)
            medians[replicates] += amounts[place] / 2
    return medians


def _by_item(amounts: pl.DataFrame) -> dict[int, pl.DataFrame]:
    """The amounts of each item."""
    parts = amounts.partition_by("item_number", as_dict=True, include_key=False)
    return {number: part for (number,), part in parts.items()}


def _drawn(rows: pl.DataFrame) -> Drawn:
    return Drawn(
        rows["sample_number"].to_numpy().astype(np.intp),
        rows["amount"].to_numpy(),
        rows["n"].to_numpy().astype(np.float64),
    )


def _parts(counts: Floats) -> NDArray[np.intp]:
    """Where the parts of amounts begin, and the end of the last; of ascending ones the counts."""
    standing = counts.cumsum()
    parts = int(np.clip(standing[-1] * _MIDDLE // _COUNT_OF_A_PART, 1, _MOST_PARTS))
    shares = 0.5 - _MIDDLE / 2 + _MIDDLE * np.arange(parts + 1) / parts
    inner = np.searchsorted(standing, standing[-1] * shares)
    return np.unique(np.concatenate(([0], inner, [len(counts)])))


def _bounds(
    figures: NDArray[np.float64], is_known: NDArray[np.bool_]
) -> tuple[list[float | None], list[float | None]]:
    """Both bounds of each column of replicates; none where told, or without a replicate."""
    bounds = [
        np.quantile(column[~np.isnan(column)], BOUNDS)
        if known and not np.isnan(column).all()
        else None
        for column, known in zip(figures.T, is_known, strict=True)
    ]
    low, high = (
        [None if pair is None else significant(float(pair[side])) for pair in bounds]
        for side in (0, 1)
    )
    return low, high


def _figures(statistic: str, drawn: Drawn, weights: Floats) -> Floats:
    """A figure in each replicate; replicates without an amount are left out of it."""
    if statistic == "median":
        medians: Floats = resampled_medians([drawn], weights)[0]
        known: Floats = medians[~np.isnan(medians)]
        return known
    in_order = np.lexsort((drawn.amounts, drawn.groups))  # no sum depends on the rows' order
    told = np.stack([drawn.amounts * drawn.counts, drawn.counts])[:, in_order]
    one = np.zeros(len(in_order), dtype=np.intp)
    sums, times = replicated(Cells(one, drawn.groups[in_order], told, 1), weights)[:, 0, 1:]
    if statistic == "gain":
        gains: Floats = sums - 1.0
        return gains
    means: Floats = sums[times > 0] / times[times > 0]
    return means
