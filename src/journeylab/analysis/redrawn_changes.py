"""Replicates of moves and changes of touchpoints -> figures of each. Pure functions, no I/O.

What ``chain_changes`` does to one chain is done here to plain rows of shares of all replicates at
once, since 200 chains of tables and sparse matrices take many times as long.
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
_CELLS: Final = 2**21  # moves of nodes to nodes in replicates at once: bounds the memory
_NOTHING: Final = 1e-9  # moves that rounding leaves


@dataclass(frozen=True, slots=True, eq=False)
class _Replicates:
    """Some replicates of moves from each node to each node, to (converted), and to any other end.

    Attributes:
        counts: moves; by replicate, node left, and node or end entered.
        seconds: their time, from entering the one to entering the other.
        waits: counts and seconds of moves after waits at or below the reference; those above.
        mean_values: of a sale; NaN for none.
    """

    counts: Floats
    seconds: Floats
    waits: tuple[tuple[Floats, Floats], tuple[Floats, Floats]]
    mean_values: Floats


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
    figures: list[Floats] = []
    for drawn in _replicates(moves, nodes):
        visits = drawn.counts.sum(axis=2)
        shares = _over(drawn.counts, visits[:, :, np.newaxis])
        means = _over(drawn.seconds, drawn.counts)
        chances, seconds = _solved(shares, means, start)
        told = np.full((len(visits), len(scenarios), 5), np.nan)
        for number, scenario in enumerate(scenarios):
            then_shares, then_means = shares.copy(), means.copy()
            is_known = np.ones(len(visits), dtype=bool)
            for node, measures in scenario.items():
                row = nodes.index(node)
                is_known &= _change(then_shares, then_means, drawn, row, measures, lower[node])
            is_known[is_known] = ~_are_stuck(then_shares[is_known], visits[is_known] > 0)
            then, longer = _solved(then_shares[is_known], then_means[is_known], start)
            more = then - chances[is_known]
            values = more * drawn.mean_values[is_known]
            told[is_known, number] = np.column_stack(
                [then, longer, more, values, longer - seconds[is_known]]
            )
        figures += list(told)
    return figures


def _replicates(moves: pl.DataFrame, nodes: tuple[str, ...]) -> Iterator[_Replicates]:
    """All of them in their order, so many at once as memory bears."""
    size = len(nodes)
    places = {node: place for place, node in enumerate(nodes)}
    told = moves.filter(pl.col("replicate") > 0).sort("replicate", maintain_order=True)
    if told.is_empty():
        return
    ends = places | {CONVERTED: size}
    origins = told["from_node"].replace_strict(places, return_dtype=pl.Int64).to_numpy()
    targets = told["to_node"].replace_strict(ends, default=size + 1, return_dtype=pl.Int64)
    cells = origins * (size + 2) + targets.to_numpy()
    slow = told["is_slow"].cast(pl.Int8).fill_null(2).to_numpy()
    amounts = {name: told[name].to_numpy() for name in ("transitions", "seconds")}
    is_sold = told["value"].is_not_null().to_numpy()
    sales, values = (told[name].fill_null(0).to_numpy() for name in ("sales", "value"))
    bounds = np.flatnonzero(np.diff(told["replicate"].to_numpy(), prepend=-1, append=-1))
    at_once = max(_CELLS // (size * (size + 2)), 1)
    for first in range(0, len(bounds) - 1, at_once):
        own = bounds[first : first + at_once + 1]
        begin, end = own[0], own[-1]
        drawn = len(own) - 1
        placed = np.repeat(np.arange(drawn), np.diff(own)) * (size * (size + 2)) + cells[begin:end]

        def squares(
            name: str,
            kind: int | None = None,
            part: slice = slice(begin, end),
            placed: NDArray[np.int64] = placed,
            drawn: int = drawn,
        ) -> Floats:
            """Of each replicate, amounts from each node to each end."""
            some = slice(None) if kind is None else slow[part] == kind
            length = drawn * size * (size + 2)
            summed = np.bincount(placed[some], amounts[name][part][some], minlength=length)
            return summed.reshape(drawn, size, size + 2).astype(np.float64)

        counts, seconds = squares("transitions"), squares("seconds")
        _drop_at_unknown(counts, seconds)
        fast, late = ((squares("transitions", kind), squares("seconds", kind)) for kind in (0, 1))
        means = np.full(drawn, np.nan)
        for number, (begin, end) in enumerate(pairwise(own)):
            some = slice(begin, end)
            sold = float(sales[some][is_sold[some]].sum())
            if sold:
                means[number] = float(values[some][is_sold[some]].sum()) / sold
        yield _Replicates(counts, seconds, (fast, late), means)


def _drop_at_unknown(counts: Floats, seconds: Floats) -> None:
    """Who enters what nobody leaves has dropped."""
    is_unknown = counts.sum(axis=2) == 0
    for number in np.flatnonzero(is_unknown.any(axis=1)):
        unknown = np.flatnonzero(is_unknown[number])
        for table in (counts[number], seconds[number]):
            table[:, -1] += table[:, unknown].sum(axis=1)
            table[:, unknown] = 0.0


def _change(
    shares: Floats,
    means: Floats,
    drawn: _Replicates,
    row: int,
    measures: Mapping[str, float],
    lower: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Set measures of a node in its row: waits first, then returns, then exits; where it can."""
    visits = drawn.counts[:, row].sum(axis=1)
    is_known: NDArray[np.bool_] = visits > 0
    own = shares[:, row]
    with np.errstate(divide="ignore", invalid="ignore"):
        for measure in MEASURES:
            if measure not in measures:
                continue
            value = measures[measure]
            if measure == EXIT_RATE:
                is_known &= own[:, -1] < 1.0
                own[:, :-1] *= ((1.0 - value) / (1.0 - own[:, -1]))[:, np.newaxis]
                own[:, -1] = value
            elif measure == RETURN_RATE:
                returns = np.ascontiguousarray(own[:, lower]).sum(axis=1)
                is_known &= ~((returns <= 0.0) & (value > 0.0) | (returns >= 1.0) & (value < 1.0))
                more = np.where(returns > 0.0, value / returns, 1.0)
                less = np.where(returns < 1.0, (1.0 - value) / (1.0 - returns), 1.0)
                own *= np.where(lower, more[:, np.newaxis], less[:, np.newaxis])
            else:
                is_known &= _wait_less(own, means[:, row], visits, drawn, row, value)
    return is_known


def _wait_less(
    own: Floats, means: Floats, visits: Floats, drawn: _Replicates, row: int, value: float
) -> NDArray[np.bool_]:
    """Set the share of slow waits in the row of a node; where it can, or need not."""
    (fast, fast_seconds), (slow, slow_seconds) = (
        (counts[:, row], seconds[:, row]) for counts, seconds in drawn.waits
    )
    late, prompt = slow.sum(axis=1), fast.sum(axis=1)
    now = late / visits
    is_late = now != 0.0
    mended = (now - np.minimum(value, now)) / now
    gain = (mended * late / prompt)[:, np.newaxis]
    mended, visited = mended[:, np.newaxis], visits[:, np.newaxis]
    counts = own * visited - mended * slow + gain * fast
    totals = own * visited * means - mended * slow_seconds + gain * fast_seconds
    counts = np.where(counts < _NOTHING, 0.0, counts)
    changed = is_late & (prompt > 0.0)
    own[changed, :-2] = (counts / visited)[changed, :-2]
    means[changed, :-2] = _over(totals, counts)[changed, :-2]
    can: NDArray[np.bool_] = ~is_late | (prompt > 0.0)
    return can


def _solved(shares: Floats, means: Floats, start: int) -> tuple[Floats, Floats]:
    """Chances to convert and expected seconds of a journey that starts, of each replicate."""
    size = shares.shape[1]
    square = np.eye(size) - shares[:, :, :size]
    wanted = np.stack([shares[:, :, size], (shares * means).sum(axis=2)], axis=2)
    if size <= _MOST_DENSE:
        told = np.linalg.solve(square, wanted)[:, start]
    else:
        solved = [splu(csc_array(of)).solve(by) for of, by in zip(square, wanted, strict=True)]
        told = np.reshape([one[start] for one in solved], (-1, 2))
    return np.clip(told[:, 0], 0.0, 1.0), told[:, 1]


def _are_stuck(shares: Floats, are_visited: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of each replicate, whether from some node no end can be reached."""
    size = shares.shape[1]
    reached = (shares[:, :, size] + shares[:, :, size + 1] > 0) | ~are_visited
    while True:
        further = reached | ((shares[:, :, :size] @ reached[:, :, np.newaxis])[:, :, 0] > 0)
        if (further == reached).all():
            return np.logical_not(reached.all(axis=1))
        reached = further


def _lower(node: str, nodes: tuple[str, ...], ranks: Mapping[str, int | None]) -> NDArray[np.bool_]:
    """Which nodes and ends stand in a lower stage; none where either has no stage."""
    rank = ranks.get(node)
    told = [*(ranks.get(other) for other in nodes), None, None]
    return np.array([rank is not None and r is not None and r < rank for r in told])


def _over(amounts: Floats, counts: Floats) -> Floats:
    """One by the other; 0 where there is nothing."""
    return np.divide(amounts, counts, out=np.zeros_like(amounts), where=counts > 0.0)
