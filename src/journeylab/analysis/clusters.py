"""Points -> k-means clusters, how apart they lie and whether they return. Pure, no I/O."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from journeylab.analysis.resampling import poisson_weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Numbers of clusters tried.
NUMBERS: Final = (4, 5, 6, 7, 8)
#: Below either there is no structure.
MIN_SILHOUETTE: Final = 0.25
MIN_JACCARD: Final = 0.6

#: Points that a silhouette, whose cost is their square, and a bootstrap look at.
_SILHOUETTE_POINTS: Final = 2_500
_BOOTSTRAP_POINTS: Final = 2_500
_BOOTSTRAPS: Final = 20
_STARTS: Final = 5
_BOOTSTRAP_STARTS: Final = 3


@dataclass(frozen=True, slots=True)
class Tried:
    """One number of clusters: mean silhouette, and mean Jaccard over resamples.

    The Jaccard is not sought (None) where the silhouette says that there is no structure.
    """

    k: int
    silhouette: float
    jaccard: float | None


@dataclass(frozen=True, slots=True)
class Best:
    """Every number tried, and the cluster of each point; None where there is no structure."""

    tried: tuple[Tried, ...]
    labels: Ints | None


def best(points: Floats, customers: NDArray[np.uint64], order: Ints, *, seed: int) -> Best:
    """Cluster points for each number of clusters and keep what is apart and returns.

    Args:
        points: one row per journey.
        customers: hash of each journey's customer; resampling draws whole customers.
        order: the points in the order in which subsamples take them.
        seed: the run's seed.

    Returns:
        Of the numbers with a silhouette of at least 0.25 and a Jaccard of at least 0.6, the
        clusters of the one with the greatest product of both, ties to the fewer.

    Source:
        Rousseeuw: Silhouettes (1987). Hennig: Cluster-wise assessment of cluster stability
        (2007), with customers for points.
    """
    judged, drawn = order[:_SILHOUETTE_POINTS], order[:_BOOTSTRAP_POINTS]
    tried: list[Tried] = []
    kept: list[tuple[float, int, Ints]] = []
    with threadpool_limits(limits=1):  # so that sums do not depend on the number of cores
        for k in NUMBERS:
            labels = _k_means(points, None, k, seed=seed, starts=_STARTS)
            silhouette = _silhouette(points[judged], labels[judged])
            if silhouette < MIN_SILHOUETTE:
                tried.append(Tried(k, silhouette, None))
                continue
            jaccard = _jaccard(points[drawn], customers[drawn], labels[drawn], k, seed=seed)
            tried.append(Tried(k, silhouette, jaccard))
            if jaccard >= MIN_JACCARD:
                kept.append((-round(silhouette * jaccard, 9), k, labels))
    labels_kept = min(kept, key=lambda found: found[:2])[2] if kept else None
    return Best(tuple(tried), labels_kept)


def _k_means(points: Floats, weights: Ints | None, k: int, *, seed: int, starts: int) -> Ints:
    fitted = KMeans(n_clusters=k, n_init=starts, random_state=(seed * 31 + k) % 2**32).fit(
        points, sample_weight=weights
    )
    return np.asarray(fitted.labels_, dtype=np.int64)


def _silhouette(points: Floats, labels: Ints) -> float:
    if not 1 < len(np.unique(labels)) < len(points):
        return 0.0
    return float(silhouette_score(points, labels))


def _jaccard(
    points: Floats, customers: NDArray[np.uint64], labels: Ints, k: int, *, seed: int
) -> float:
    """Mean over clusters and resamples of the greatest Jaccard with a cluster found anew."""
    told = []
    for replicate in range(_BOOTSTRAPS):
        weights = poisson_weights(customers, seed=seed, purpose="archetypes", replicate=replicate)
        kept = weights > 0
        if int(kept.sum()) <= k:
            continue
        anew = _k_means(
            points[kept], weights[kept], k, seed=seed + 1 + replicate, starts=_BOOTSTRAP_STARTS
        )
        both = np.zeros((k, k))
        np.add.at(both, (labels[kept], anew), 1)
        either = both.sum(axis=1)[:, None] + both.sum(axis=0)[None, :] - both
        present = both.sum(axis=1) > 0
        told.append((both / np.maximum(either, 1)).max(axis=1)[present].mean())
    return float(np.mean(told)) if told else 0.0
