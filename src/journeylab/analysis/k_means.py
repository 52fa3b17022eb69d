"""Points -> k-means clusters and how apart they lie. Pure, no I/O.

The same draws, steps and rules for ties as scikit-learn's, whose import takes longer than what a
run clusters.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MOST_STEPS = 300
#: Share of the mean variance of a column below which the centres stand still.
_TOLERANCE = 1e-4


def k_means(points: Floats, weights: Ints | None, k: int, *, seed: int, starts: int) -> Ints:
    """The cluster of each point, by Lloyd's steps from the best of several drawn starts.

    Args:
        points: one row per point.
        weights: how often each point counts, from 1; None counts each once.
        k: number of clusters, fewer than points.
        seed: of the draws, from 0 below 2^32.
        starts: how often centres are drawn.

    Returns:
        Numbers from 0 below k, one per point.

    Source:
        Arthur, Vassilvitskii: k-means++, The Advantages of Careful Seeding (2007), of several
        candidates the best. Lloyd: Least squares quantization in PCM (1982).
    """
    drawn = np.random.RandomState(seed)  # the draws of every release
    tolerance = _TOLERANCE * float(np.var(points, axis=0).mean())
    points = points - points.mean(axis=0)  # squares of small numbers are exact to more digits
    counts = np.ones(len(points)) if weights is None else weights.astype(np.float64)
    best: tuple[float, Ints] | None = None
    for _ in range(starts):
        centres = _drawn_centres(points, counts, k, drawn)
        labels, inertia = _settled(points, counts, centres, tolerance)
        if best is None or (inertia < best[0] and not _is_same(labels, best[1])):
            best = inertia, labels
    if best is None:
        raise ValueError("no start was asked for")
    return best[1]


def silhouette(points: Floats, labels: Ints) -> float:
    """Mean silhouette of points: from -1 to 1, 0 for a point alone in its cluster.

    Args:
        points: one row per point.
        labels: the cluster of each; at least two clusters, fewer than points.

    Source:
        Rousseeuw: Silhouettes (1987).
    """
    own = np.unique(labels, return_inverse=True)[1]
    members = np.bincount(own)
    distances = np.sqrt(_squares(points, points))
    np.fill_diagonal(distances, 0)
    sums = distances @ np.eye(len(members))[own]
    rows = np.arange(len(points))
    inside = sums[rows, own] / np.maximum(members[own] - 1, 1)
    sums[rows, own] = np.inf
    outside = (sums / members).min(axis=1)
    greater = np.maximum(inside, outside)
    told = np.divide(outside - inside, greater, out=np.zeros(len(points)), where=greater > 0)
    return float(np.where(members[own] > 1, told, 0.0).mean())


def _squares(some: Floats, others: Floats) -> Floats:
    """Squares of the distances between each row of one and each of the other."""
    found: Floats = -2 * (some @ others.T)
    found += np.einsum("ij,ij->i", some, some)[:, None]
    found += np.einsum("ij,ij->i", others, others)[None, :]
    return np.maximum(found, 0, out=found)


def _drawn_centres(points: Floats, counts: Floats, k: int, drawn: np.random.RandomState) -> Floats:
    """Points that lie apart: each of some candidates drawn by its square, the best of them."""
    candidates = 2 + int(np.log(k))
    chosen = [int(drawn.choice(len(points), p=counts / counts.sum()))]
    nearest = _squares(points[chosen], points)[0]
    total = float(nearest @ counts)
    for _ in range(1, k):
        asked = drawn.uniform(size=candidates) * total
        found = np.searchsorted(np.cumsum(counts * nearest), asked)
        found = np.minimum(found, len(points) - 1)
        squares = np.minimum(nearest, _squares(points[found], points))
        totals = squares @ counts
        at = int(np.argmin(totals))
        chosen.append(int(found[at]))
        nearest, total = squares[at], float(totals[at])
    return points[chosen]


def _settled(
    points: Floats, counts: Floats, centres: Floats, tolerance: float
) -> tuple[Ints, float]:
    """Clusters after as many steps as it takes, and the sum of squares inside them."""
    former: Ints | None = None
    weighted = np.ascontiguousarray((points * counts[:, None]).T)  # summed column by column
    for _ in range(_MOST_STEPS):
        labels = _nearest(points, centres)
        moved = _centres(points, weighted, counts, labels, centres)
        shift = float(((moved - centres) ** 2).sum())
        centres = moved
        if former is not None and np.array_equal(labels, former):
            break
        if shift <= tolerance:
            labels = _nearest(points, centres)
            break
        former = labels
    else:
        labels = _nearest(points, centres)
    inertia = float(((points - centres[labels]) ** 2).sum(axis=1) @ counts)
    return labels, inertia


def _nearest(points: Floats, centres: Floats) -> Ints:
    squares = np.einsum("ij,ij->i", centres, centres) - 2 * (points @ centres.T)
    found: Ints = squares.argmin(axis=1)
    return found


def _centres(
    points: Floats, weighted: Floats, counts: Floats, labels: Ints, former: Floats
) -> Floats:
    """Means of the clusters; one that got empty takes the point that lies farthest from its own."""
    k = len(former)
    weight = np.bincount(labels, counts, k)
    sums = np.stack([np.bincount(labels, column, k) for column in weighted], axis=1)
    empty = np.flatnonzero(weight == 0)
    if len(empty):
        squares = ((points - former[labels]) ** 2).sum(axis=1)
        farthest = np.argpartition(squares, -len(empty))[: -len(empty) - 1 : -1]
        for cluster, far in zip(empty, farthest, strict=True) if squares.max() > 0 else ():
            sums[labels[far]] -= weighted[:, far]
            weight[labels[far]] -= counts[far]
            sums[cluster], weight[cluster] = weighted[:, far], counts[far]
    found: Floats = sums / np.where(weight > 0, weight, 1)[:, None]
    found[weight <= 0] = found[np.argmax(weight)]  # more clusters than different points
    return found


def _is_same(some: Ints, others: Ints) -> bool:
    """Whether each cluster of one clustering lies in one of the other."""
    pairs = np.unique(np.stack([some, others]), axis=1)
    return bool(len(np.unique(pairs[0])) == pairs.shape[1])
