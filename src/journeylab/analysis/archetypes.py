"""A sample of journeys as n-gram counts and times -> typical journeys. Pure functions, no I/O."""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from journeylab.analysis.statistics import significant

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Fewer settled journeys are not clustered: archetypes of a handful say nothing.
MIN_JOURNEYS: Final = 200
#: Nor are journeys that go hardly more than as many ways as there could be archetypes.
MIN_DISTINCT: Final = 16

#: Codes of the two times; all greater ones are touchpoints and moves.
TIMES: Final = (0, 1)

_TIME_WEIGHT: Final = 0.15  # spread of a time beside that of the n-grams, whose total is near 1
_MIN_SHARE: Final = 0.01  # of journeys a touchpoint or move must occur in
_MOST_FEATURES: Final = 500
_MOST_AXES: Final = 10
_EXPLAINED: Final = 0.9
_SCHEMA: Final = {
    "record": pl.String,
    "archetypes": pl.Int32,
    "cluster": pl.Int32,
    "feature": pl.Int32,
    "journey_id": pl.String,
    "value": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class _Space:
    """The sample as points: ``points`` = (scaled - middle) @ axes, scaled from raw by feature."""

    journey_ids: list[str]
    customers: NDArray[np.uint64]
    features: Ints
    scales: Floats
    middle: Floats
    axes: Floats
    points: Floats


def archetype_model(sample: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """Find typical journeys, or say that there are none.

    A journey is the square roots of the shares its touchpoints and moves have among all of
    its touchpoints and moves (their Euclidean distance is Hellinger's), and two times; it is
    turned to the principal axes of the sample, at most ten, and clustered by k-means for k
    from 4 to 8. Of those k whose mean silhouette is at least 0.25 and whose clusters return
    when customers are resampled (mean Jaccard at least 0.6), the one of the greatest
    product of both is taken, ties to fewer. Neither the order of the rows nor the number of
    threads matters.

    Args:
        sample: ``journey_id``, ``customer_id``, ``feature``, ``amount`` as in
            ``analysis.archetype_sample``.
        seed: the run's seed.

    Returns:
        Records: 'journeys' sampled; per k tried its 'silhouette' and 'jaccard'; 'chosen' k
        where there is structure, and then per cluster of it 'bias', 'medoid', 'members' in
        the sample, and per feature the 'weight': a journey belongs to the cluster of the
        greatest bias + Σ weight · √share (for times: · amount).

    Source:
        Silhouette: Rousseeuw (1987). Stability: Hennig, Cluster-wise assessment of cluster
        stability (2007). Hellinger distance on profiles: Legendre, Gallagher (2001).
    """
    journeys = sample["journey_id"].n_unique()
    records: list[dict[str, Any]] = [{"record": "journeys", "value": float(journeys)}]
    if journeys < MIN_JOURNEYS:
        return _frame(records)
    with threadpool_limits(limits=1):  # so that sums do not depend on the number of cores
        space = _space(sample)
    if space.points.shape[1] and len(np.unique(space.points, axis=0)) >= MIN_DISTINCT:
        records += _clustered(space, seed)
    return _frame(records)


def _clustered(space: _Space, seed: int) -> list[dict[str, Any]]:
    from journeylab.analysis import clusters  # scikit-learn takes a second to import

    found = clusters.best(
        space.points, space.customers, np.argsort(_places(space, seed), kind="stable"), seed=seed
    )
    records: list[dict[str, Any]] = []
    for tried in found.tried:
        records += [
            {"record": "silhouette", "archetypes": tried.k, "value": significant(tried.silhouette)},
            {"record": "jaccard", "archetypes": tried.k, "value": significant(tried.jaccard)},
        ]
    if found.labels is None:
        return records
    k = len(np.unique(found.labels))
    return [
        *records,
        {"record": "chosen", "archetypes": k, "value": float(k)},
        *_told(space, found.labels),
    ]


def _places(space: _Space, seed: int) -> Ints:
    """A place for each journey that its id and the seed decide alone: subsamples are prefixes."""
    keys = [_digest(f"{seed}|{journey}") for journey in space.journey_ids]
    return np.argsort(np.argsort(np.array(keys, dtype=np.uint64), kind="stable"), kind="stable")


def _space(sample: pl.DataFrame) -> _Space:
    ordered = sample.sort("journey_id", "feature")
    journeys = ordered.select("journey_id", "customer_id").unique().sort("journey_id")
    ids = journeys["journey_id"].to_list()
    rows = ordered["journey_id"].rle_id().to_numpy().astype(np.int64)
    feature = ordered["feature"].to_numpy().astype(np.int64)
    amount = ordered["amount"].to_numpy().astype(np.float64)
    is_time = np.isin(feature, TIMES)
    totals = np.bincount(rows, weights=np.where(is_time, 0, amount), minlength=len(ids))
    values = np.where(is_time, amount, np.sqrt(amount / np.maximum(totals[rows], 1)))
    kinds, counts = np.unique(feature[~is_time], return_counts=True)
    frequent = np.lexsort((kinds, -counts))[:_MOST_FEATURES]
    frequent = frequent[counts[frequent] >= _MIN_SHARE * len(ids)]
    features = np.concatenate((TIMES, np.sort(kinds[frequent]))).astype(np.int64)
    place = np.searchsorted(features, feature)
    known = (place < len(features)) & (features[np.minimum(place, len(features) - 1)] == feature)
    matrix = np.zeros((len(ids), len(features)))
    matrix[rows[known], place[known]] = values[known]
    scales = np.ones(len(features))
    spread = matrix[:, : len(TIMES)].std(axis=0)
    scales[: len(TIMES)] = np.where(spread > 0, _TIME_WEIGHT / np.where(spread > 0, spread, 1), 0)
    matrix *= scales
    middle = matrix.mean(axis=0)
    matrix -= middle
    sizes, axes = np.linalg.eigh(matrix.T @ matrix / len(ids))
    sizes, axes = np.maximum(sizes[::-1], 0), axes[:, ::-1]
    explained = np.cumsum(sizes) / max(float(sizes.sum()), 1e-300)
    kept = min(
        int(np.searchsorted(explained, _EXPLAINED)) + 1, _MOST_AXES, int((sizes > 1e-9).sum())
    )
    axes = axes[:, :kept]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(kept)])
    axes = axes * signs
    customers = np.array([_digest(name) for name in journeys["customer_id"]], dtype=np.uint64)
    return _Space(ids, customers, features, scales, middle, axes, (matrix @ axes).round(9))


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:8], "big")


def _told(space: _Space, labels: Ints) -> list[dict[str, Any]]:
    """The clusters by size, then medoid, as records."""
    clusters = []
    for cluster in np.unique(labels):
        members = np.flatnonzero(labels == cluster)
        middle = space.points[members].mean(axis=0)
        far = ((space.points[members] - middle) ** 2).sum(axis=1).round(9)
        medoid = space.journey_ids[int(members[np.lexsort((members, far))[0]])]
        clusters.append((-len(members), medoid, middle))
    records: list[dict[str, Any]] = []
    for number, (size, medoid, middle) in enumerate(sorted(clusters, key=lambda c: c[:2]), start=1):
        weights = 2 * (space.axes @ middle)
        bias = -float(middle @ middle) - float(weights @ space.middle)
        records += [
            {"record": "members", "cluster": number, "value": float(-size)},
            {"record": "medoid", "cluster": number, "journey_id": medoid},
            {"record": "bias", "cluster": number, "value": significant(bias)},
        ]
        records += [
            {"record": "weight", "cluster": number, "feature": int(feature), "value": value}
            for feature, value in zip(
                space.features, (weights * space.scales).round(9).tolist(), strict=True
            )
        ]
    return records


def _frame(records: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(records, schema=_SCHEMA)
