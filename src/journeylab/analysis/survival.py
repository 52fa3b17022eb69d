"""Times until something happens, some still running -> curves. Vectorised, pure functions, no I/O.

Ties are exact. Somebody is at risk at time t who entered before t and whose time is t or
more: what ends at t is counted before who is censored at t, and who enters at t counts after.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

#: The cause of a time that had not ended when we looked.
CENSORED: Final = ""
#: Shares closer than this count as equal where a curve is asked when it passes a share.
EQUAL_SHARES: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Survival:
    """Share not ended yet, after each distinct time at which something ended."""

    times: NDArray[np.generic]
    at_risk: Counts
    ended: Counts
    share: Floats
    variance: Floats


@dataclass(frozen=True, slots=True)
class Incidence:
    """Share ended by each cause, after each distinct time at which something ended."""

    times: NDArray[np.generic]
    at_risk: Counts
    causes: tuple[str, ...]
    ended: Counts
    shares: Floats
    not_ended: Floats

    def of(self, cause: str) -> Floats:
        """Share ended by one cause after each time; zeros for a cause that never occurred."""
        if cause not in self.causes:
            return np.zeros(len(self.times))
        row: Floats = self.shares[self.causes.index(cause)]
        return row


@dataclass(frozen=True, slots=True)
class LogRank:
    """Whether groups end at one pace: chi-square statistic, its degrees of freedom, p."""

    statistic: float
    degrees: int
    p_value: float


def kaplan_meier(
    times: ArrayLike,
    is_ended: ArrayLike,
    *,
    entries: ArrayLike | None = None,
    counts: ArrayLike | None = None,
) -> Survival:
    """Share not ended after each time, with those still running counted while they ran.

    Args:
        times: time of each, in any unit; integers stay exact.
        is_ended: whether it ended then; else it was still running (censored).
        entries: time from which each was watched (left truncation); None for from the start.
        counts: how many each row stands for; None for one.

    Returns:
        Times ascending; ``variance`` is Greenwood's, 0 where the share is 0. Empty when
        nothing ended.

    Source:
        Kaplan, Meier: Nonparametric estimation from incomplete observations (1958).
    """
    found = incidence(
        times,
        np.where(np.asarray(is_ended, bool), "ended", CENSORED),
        entries=entries,
        counts=counts,
    )
    ended, at_risk = found.ended.sum(axis=0), found.at_risk
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.cumsum(ended / (at_risk * (at_risk - ended)))
        variance = np.where(found.not_ended > 0, found.not_ended**2 * spread, 0.0)
    return Survival(found.times, at_risk, ended, found.not_ended, variance)


def incidence(
    times: ArrayLike,
    causes: ArrayLike,
    *,
    entries: ArrayLike | None = None,
    counts: ArrayLike | None = None,
) -> Incidence:
    """Share ended by each cause after each time (Aalen-Johansen), causes competing.

    Args:
        times: time of each, in any unit; integers stay exact.
        causes: what ended it; ``""`` where it was still running.
        entries: time from which each was watched (left truncation); None for from the start.
        counts: how many each row stands for; None for one.

    Returns:
        Times ascending, causes by name; ``shares`` and ``ended`` have a row a cause and a
        column a time. At each time the shares and ``not_ended`` sum to 1.

    Source:
        Aalen, Johansen: An empirical transition matrix for non-homogeneous Markov chains
        based on censored observations (1978).
    """
    lasted = np.asarray(times)
    told = np.asarray(causes, dtype=str)
    stands = np.ones(len(lasted), np.int64) if counts is None else np.asarray(counts, np.int64)
    is_ended = told != CENSORED
    points, place = np.unique(lasted[is_ended], return_inverse=True)
    names, cause = np.unique(told[is_ended], return_inverse=True)
    ended = np.zeros((len(names), len(points)), np.int64)
    np.add.at(ended, (cause, place), stands[is_ended])
    at_risk = _standing(lasted, stands, points)
    if entries is not None:
        at_risk = at_risk - _standing(np.asarray(entries), stands, points)
    total = ended.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        not_ended = np.cumprod((at_risk - total) / at_risk)
        before = np.concatenate(([1.0], not_ended[:-1]))
        shares = np.cumsum(before * ended / at_risk, axis=1)
    return Incidence(points, at_risk, tuple(str(n) for n in names), ended, shares, not_ended)


def log_rank(
    times: ArrayLike,
    is_ended: ArrayLike,
    groups: ArrayLike,
    *,
    entries: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
) -> LogRank:
    """Test whether two or more groups end at the same pace.

    Args:
        times: time of each.
        is_ended: whether it ended then.
        groups: name of each one's group.
        entries: time from which each was watched; None for from the start.
        clusters: whose each is, where those of one depend on each other: the variance is then
            the one found between clusters, and ``entries`` cannot be given. None takes each
            for itself.

    Returns:
        Statistic 0 and p 1 for fewer than two groups, or where no time tells them apart.

    Source:
        Mantel: Evaluation of survival data and two new rank order statistics (1966). Lin, Wei:
        The robust inference for the Cox proportional hazards model (1989), for clusters.
    """
    lasted, told = np.asarray(times), np.asarray(is_ended, bool)
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    points, place = np.unique(lasted[told], return_inverse=True)
    ended = np.zeros((len(names), len(points)))
    np.add.at(ended, (member[told], place), 1.0)
    at_risk = np.zeros_like(ended)
    for group in range(len(names)):
        mine = member == group
        at_risk[group] = _standing(lasted[mine], np.ones(mine.sum(), np.int64), points)
        if entries is not None:
            began = np.asarray(entries)[mine]
            at_risk[group] -= _standing(began, np.ones(mine.sum(), np.int64), points)
    n, d = at_risk.sum(axis=0), ended.sum(axis=0)
    surplus = (ended - at_risk * d / n).sum(axis=1)
    part = at_risk / n
    scale = d * (n - d) / np.maximum(n - 1, 1)
    if clusters is None:
        covariance = np.diag((part * scale).sum(axis=1)) - (part * scale) @ part.T
    else:
        covariance = _between_clusters(np.asarray(clusters), lasted, told, member, points, part, d)
    if len(names) < 2 or not np.any(covariance):
        return LogRank(0.0, max(len(names) - 1, 0), 1.0)
    statistic = float(surplus @ np.linalg.pinv(covariance) @ surplus)
    return LogRank(statistic, len(names) - 1, float(chdtrc(len(names) - 1, statistic)))


def restricted_mean(curve: Survival, limit: float) -> float:
    """Mean time, times beyond ``limit`` counted as the limit: the area under the curve."""
    inside = np.asarray(curve.times, np.float64)
    kept = inside < limit
    edges = np.concatenate(([0.0], inside[kept], [limit]))
    heights = np.concatenate(([1.0], curve.share[kept]))
    return float(np.sum(np.diff(edges) * heights))


def quantile(curve: Survival, share: float) -> float | None:
    """Least time by which ``share`` of all have ended; None when it was not reached."""
    reached = np.flatnonzero(curve.share <= 1 - share + EQUAL_SHARES)
    return float(curve.times[reached[0]]) if len(reached) else None


def half_time(curve: Incidence, cause: str, *, min_at_risk: int = 30) -> tuple[float, float] | None:
    """Least time by which half of those have ended by a cause who ever will.

    Args:
        curve: shares by cause.
        cause: the cause asked for, ``goal`` for the sales cycle.
        min_at_risk: the curve is read up to the longest time with so many at risk.

    Returns:
        The time, and the longest time read; None where nobody ended by the cause by then.
    """
    read = np.flatnonzero(curve.at_risk >= min_at_risk)
    if not len(read):
        return None
    share = curve.of(cause)[: read[-1] + 1]
    if share[-1] <= 0:
        return None
    half = int(np.argmax(share >= share[-1] / 2 - EQUAL_SHARES))
    return float(curve.times[half]), float(curve.times[read[-1]])


def _between_clusters(
    clusters: NDArray[np.generic],
    lasted: NDArray[np.generic],
    is_ended: NDArray[np.bool_],
    member: NDArray[np.intp],
    points: NDArray[np.generic],
    part: Floats,
    ended: Floats,
) -> Floats:
    """Covariance of the surplus of each group, from what each cluster adds to it."""
    at_risk = _standing(lasted, np.ones(len(lasted), np.int64), points)
    hazard = ended / at_risk
    grown = np.concatenate(([0.0], np.cumsum(hazard)))
    passed = np.searchsorted(points, lasted, side="right")
    owners, owner = np.unique(clusters, return_inverse=True)
    sums = np.zeros((len(owners), len(part)))
    for group, share in enumerate(part):
        mine = (member == group).astype(np.float64)
        expected = np.concatenate(([0.0], np.cumsum(share * hazard)))
        added = expected[passed] - mine * grown[passed]
        added[is_ended] += mine[is_ended] - share[passed[is_ended] - 1]
        sums[:, group] = np.bincount(owner, weights=added, minlength=len(owners))
    covariance: Floats = sums.T @ sums
    return covariance


def _standing(values: NDArray[np.generic], counts: Counts, points: NDArray[np.generic]) -> Counts:
    """How many have a value at or above each point."""
    order = np.argsort(values, kind="stable")
    below = np.concatenate(([0], np.cumsum(counts[order])))
    standing: Counts = below[-1] - below[np.searchsorted(values[order], points, side="left")]
    return standing
