"""KPIs of two snapshots -> their differences with intervals, where a test applies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.resampling import BOUNDS, REPLICATES, poisson_weights, weighted_median
from journeylab.analysis.statistics import Floats, newcombe, significant
from journeylab.warehouse import KpiChange, Snapshot, SnapshotDiff, open_read_only, read_models

Test = Literal["newcombe", "bootstrap", "not tested"]

_COLUMNS: Final = ("kpi", "statistic", "currency", "customer_hash", "amount")


@dataclass(frozen=True, slots=True)
class KpiDifference:
    """One KPI of two snapshots, and how sure its change is.

    ``low`` and ``high`` are the bounds of the change at 95 %, None where it is not tested.
    ``is_beyond_chance`` says whether they leave out 0; None where it is not tested.
    """

    kpi: str
    currency: str | None
    unit: str | None
    before: float | None
    after: float | None
    change: float | None
    low: float | None
    high: float | None
    test: Test
    is_beyond_chance: bool | None


def kpi_differences(found: SnapshotDiff, *, seed: int = 0) -> list[KpiDifference]:
    """The KPIs of two snapshots with the test that applies to each, by name and currency.

    Shares: Newcombe on the published Wilson intervals, which know the design effect. It takes
    the two for independent, while snapshots share most customers: it is too wide, never too
    narrow. Means and medians of journeys: a bootstrap that draws each customer alike in both
    snapshots, where both have rows. Counts, sums and all else are not tested: they are no
    estimates, or their sums are not published.

    Args:
        found: the two snapshots.
        seed: of the bootstrap's draws.
    """
    resampled = _resampled(found, seed=seed)
    return [_difference(kpi, resampled.get((kpi.kpi, kpi.currency))) for kpi in found.kpis]


def _difference(kpi: KpiChange, bounds: tuple[float, float] | None) -> KpiDifference:
    test: Test = "not tested"
    low = high = None
    if kpi.before is not None and kpi.after is not None:
        if kpi.unit == "share" and None not in (*kpi.before_bounds, *kpi.after_bounds):
            test = "newcombe"
            bounds = _newcombe(kpi)
        elif bounds is not None:
            test = "bootstrap"
        if test != "not tested" and bounds is not None:
            low, high = (significant(bound) for bound in bounds)
    return KpiDifference(
        kpi=kpi.kpi,
        currency=kpi.currency,
        unit=kpi.unit,
        before=kpi.before,
        after=kpi.after,
        change=_less(kpi.after, kpi.before),
        low=low,
        high=high,
        test=test,
        is_beyond_chance=None if low is None or high is None else not low <= 0 <= high,
    )


def _less(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else significant(after - before)


def _newcombe(kpi: KpiChange) -> tuple[float, float]:
    low, high = newcombe(
        np.array([kpi.after]),
        tuple(np.array([bound]) for bound in kpi.after_bounds),  # type: ignore[arg-type] # not None
        np.array([kpi.before]),
        tuple(np.array([bound]) for bound in kpi.before_bounds),  # type: ignore[arg-type] # not None
    )
    return float(low[0]), float(high[0])


def _resampled(
    found: SnapshotDiff, *, seed: int
) -> dict[tuple[str, str | None], tuple[float, float]]:
    """Bounds of the change of every figure that has samples in both snapshots."""
    sides = [_samples(snapshot) for snapshot in (found.before, found.after)]
    if any(side is None for side in sides):
        return {}
    was, now = (
        {key: rows for key, rows in side.group_by("kpi", "currency", "statistic")}
        for side in sides
        if side is not None
    )
    bounds = {}
    for kpi, currency, statistic in sorted(was.keys() & now.keys(), key=str):
        pair = [was[kpi, currency, statistic], now[kpi, currency, statistic]]
        told = _bounds(str(kpi), str(statistic), pair, seed=seed)
        if told is not None:
            bounds[str(kpi), None if currency is None else str(currency)] = told
    return bounds


def _bounds(
    kpi: str, statistic: str, pair: Sequence[pl.DataFrame], *, seed: int
) -> tuple[float, float] | None:
    sorted_pair = [rows.sort("amount", "customer_hash") for rows in pair]
    hashes = [rows["customer_hash"].to_numpy() for rows in sorted_pair]
    customers = np.unique(np.concatenate(hashes))
    if min(len(np.unique(told)) for told in hashes) < 2:
        return None
    places = [np.searchsorted(customers, told) for told in hashes]
    amounts = [rows["amount"].to_numpy() for rows in sorted_pair]
    changes = []
    for replicate in range(REPLICATES):
        weights = poisson_weights(customers, seed=seed, purpose=kpi, replicate=replicate)
        figures = [
            _figure(statistic, one, weights[place])
            for one, place in zip(amounts, places, strict=True)
        ]
        if figures[0] is not None and figures[1] is not None:
            changes.append(figures[1] - figures[0])
    low, high = np.quantile(changes, BOUNDS)
    return float(low), float(high)


def _figure(statistic: str, amounts: Floats, weights: NDArray[np.int64]) -> float | None:
    if statistic == "median":
        return weighted_median(amounts, weights)
    total = int(weights.sum())
    return float((amounts * weights).sum() / total) if total else None


def _samples(snapshot: Snapshot) -> pl.DataFrame | None:
    model = read_models("lab")["lab.journey_samples"]
    if not snapshot.has_rows or "journeys" not in snapshot.rows:
        return None
    wanted = {"value", "currency", "is_settled", "is_start_unknown", "steps", "duration_seconds"}
    with open_read_only(snapshot.database) as opened:
        if not wanted <= opened.columns("journeys").keys():
            return None
        return opened.frame(model.query).select(_COLUMNS)
