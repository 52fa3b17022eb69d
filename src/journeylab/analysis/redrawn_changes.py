"""Replicates of moves and changes of touchpoints -> figures of each. Pure functions, no I/O.

What ``chain_changes`` does to one chain is done here to plain rows of shares, since 200 chains of
tables and sparse matrices take thirty times as long.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csc_array
from scipy.sparse.linalg import splu

from journeylab.analysis.chain_changes import EXIT_RATE, MEASURES, RETURN_RATE
from journeylab.analysis.graph import CONVERTED, START

Floats = NDArray[np.float64]

_MOST_DENSE: Final = 600  # nodes
_NOTHING: Final = 1e-9  # moves that rounding leaves


@dataclass(slots=True, eq=False)
class _Replicate:
    """Moves from each node to each node, to (converted), and to any other end.

    Attributes:
        counts: moves.
        seconds: their time, from entering the one to entering the other.
        waits: counts and seconds of moves after waits at or below the reference; those above.
        mean_value: of a sale; NaN for none.
    """

    counts: Floats
    seconds: Floats
    waits: tuple[tuple[Floats, Floats], tuple[Floats, Floats]]
    mean_value: float


def redrawn_figures(
    moves: pl.DataFrame,
    nodes: tuple[str, ...],
    scenarios: list[Mapping[str, Mapping[str, float]]],
    ranks: Mapping[str, int | None],
) -> list[Floats]:
    """The figures of each replicate.

    Args:
        moves: as ``resampled_moves``; replicate 0 is left out.
        nodes: of the chain of all moves, sorted.
        scenarios: touchpoint -> measure -> share of its visits, as ``what_if`` takes changes.
        ranks: touchpoint -> rank of its stage.

    Returns:
        Per replicate, in their order, one row a scenario: chance to convert and seconds of a
        started journey then, how much more they convert, that times the mean value of a sale,
        and how many seconds longer they are; NaN where the replicate lacks what a change is about.
    """
    start = nodes.index(START)
    lower = {node: _lower(node, nodes, ranks) for told in scenarios for node in told}
    drawn = []
    for replicate in _replicates(moves, nodes):
        visits = replicate.counts.sum(axis=1)
        shares = _over(replicate.counts, visits[:, np.newaxis])
        means = _over(replicate.seconds, replicate.counts)
        chance, seconds = _solved(shares, means, start)
        rows = []
        for scenario in scenarios:
            told = shares.copy(), means.copy()
            is_known = all(
                _change(*told, replicate, nodes.index(node), measures, lower[node])
                for node, measures in scenario.items()
            )
            if not is_known or _is_stuck(told[0], visits > 0):
                rows.append(np.full(5, np.nan))
                continue
            then, longer = _solved(*told, start)
            more = then - chance
            rows.append(
                np.array([then, longer, more, more * replicate.mean_value, longer - seconds])
            )
        drawn.append(np.stack(rows))
    return drawn


def _replicates(moves: pl.DataFrame, nodes: tuple[str, ...]) -> Iterator[_Replicate]:
    size = len(nodes)
    places = {node: place for place, node in enumerate(nodes)}
    told = moves.filter(pl.col("replicate") > 0).sort("replicate", maintain_order=True)
    ends = places | {CONVERTED: size}
    origins = told["from_node"].replace_strict(places, return_dtype=pl.Int64).to_numpy()
    targets = told["to_node"].replace_strict(ends, default=size + 1, return_dtype=pl.Int64)
    cells = origins * (size + 2) + targets.to_numpy()
    slow = told["is_slow"].cast(pl.Int8).fill_null(2).to_numpy()
    amounts = {name: told[name].to_numpy() for name in ("transitions", "seconds")}
    is_sold = told["value"].is_not_null().to_numpy()
    sales, values = (told[name].fill_null(0).to_numpy() for name in ("sales", "value"))
    if told.is_empty():
        return
    numbers = told["replicate"].to_numpy()
    bounds = np.flatnonzero(np.diff(numbers, prepend=-1, append=-1))
    drawn = len(bounds) - 1
    places_of_all = np.repeat(np.arange(drawn), np.diff(bounds)) * (size * (size + 2)) + cells

    def squares(name: str, kind: int | None = None) -> Floats:
        """Of each replicate, amounts from each node to each end."""
        some = slice(None) if kind is None else slow == kind
        length = drawn * size * (size + 2)
        summed = np.bincount(places_of_all[some], amounts[name][some], minlength=length)
        return summed.reshape(drawn, size, size + 2).astype(np.float64)

    every = [squares("transitions"), squares("seconds")]
    by_wait = [[squares(name, kind) for name in ("transitions", "seconds")] for kind in (0, 1)]
    for number, (begin, end) in enumerate(pairwise(bounds)):
        some = slice(begin, end)
        counts, seconds = (table[number] for table in every)
        unknown = np.flatnonzero(counts.sum(axis=1) == 0)
        for table in (counts, seconds):  # who enters what nobody leaves has dropped
            table[:, size + 1] += table[:, unknown].sum(axis=1)
            table[:, unknown] = 0.0
        fast, late = ((kept[number], lasted[number]) for kept, lasted in by_wait)
        sold = float(sales[some][is_sold[some]].sum())
        value = float(values[some][is_sold[some]].sum())
        yield _Replicate(counts, seconds, (fast, late), value / sold if sold else np.nan)


def _change(
    shares: Floats,
    means: Floats,
    replicate: _Replicate,
    row: int,
    measures: Mapping[str, float],
    lower: NDArray[np.bool_],
) -> bool:
    """Set measures of a node in its row: waits first, then returns, then exits; whether it can."""
    visits = replicate.counts[row].sum()
    if not visits:
        return False
    own = shares[row]
    for measure in MEASURES:
        if measure not in measures:
            continue
        value = measures[measure]
        if measure == EXIT_RATE:
            if own[-1] >= 1.0:
                return False
            own[:-1] *= (1.0 - value) / (1.0 - own[-1])
            own[-1] = value
        elif measure == RETURN_RATE:
            returns = float(own[lower].sum())
            if returns <= 0.0 < value or returns >= 1.0 > value:
                return False
            more = value / returns if returns > 0.0 else 1.0
            less = (1.0 - value) / (1.0 - returns) if returns < 1.0 else 1.0
            own *= np.where(lower, more, less)
        else:
            (fast, fast_seconds), (slow, slow_seconds) = (
                (counts[row], seconds[row]) for counts, seconds in replicate.waits
            )
            now = float(slow.sum() / visits)
            if now == 0.0:
                continue
            if fast.sum() == 0.0:
                return False
            mended = (now - min(value, now)) / now
            gain = mended * slow.sum() / fast.sum()
            counts = own * visits - mended * slow + gain * fast
            totals = own * visits * means[row] - mended * slow_seconds + gain * fast_seconds
            ends = own[-2:].copy(), means[row, -2:].copy()
            counts = np.where(counts < _NOTHING, 0.0, counts)
            own[:], means[row] = counts / visits, _over(totals, counts)
            own[-2:], means[row, -2:] = ends
    return True


def _solved(shares: Floats, means: Floats, start: int) -> tuple[float, float]:
    """Chance to convert and expected seconds of a journey that starts."""
    size = len(shares)
    square = np.eye(size) - shares[:, :size]
    wanted = np.column_stack([shares[:, size], (shares * means).sum(axis=1)])
    if size <= _MOST_DENSE:
        told = np.linalg.solve(square, wanted)
    else:
        told = splu(csc_array(square)).solve(wanted)
    return float(np.clip(told[start, 0], 0.0, 1.0)), float(told[start, 1])


def _is_stuck(shares: Floats, is_visited: NDArray[np.bool_]) -> bool:
    """Whether from some node no end can be reached."""
    size = len(shares)
    reached = (shares[:, size] + shares[:, size + 1] > 0) | ~is_visited
    while True:
        further = reached | (shares[:, :size] @ reached > 0)
        if (further == reached).all():
            return not bool(reached.all())
        reached = further


def _lower(node: str, nodes: tuple[str, ...], ranks: Mapping[str, int | None]) -> NDArray[np.bool_]:
    """Which nodes and ends stand in a lower stage; none where either has no stage."""
    rank = ranks.get(node)
    told = [*(ranks.get(other) for other in nodes), None, None]
    return np.array([rank is not None and r is not None and r < rank for r in told])


def _over(amounts: Floats, counts: Floats) -> Floats:
    """One by the other; 0 where there is nothing."""
    return np.divide(amounts, counts, out=np.zeros_like(amounts), where=counts > 0.0)
