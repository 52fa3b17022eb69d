"""Resampled moves -> chances to convert, time and removal effects. Pure functions, no I/O."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import eye_array
from scipy.sparse.linalg import splu

from journeylab.analysis.chain import Chain, chain_of, solve, stuck_nodes
from journeylab.analysis.graph import CONVERTED, START
from journeylab.analysis.resampling import BOUNDS
from journeylab.analysis.second_order import second_order_chances
from journeylab.analysis.statistics import significant

Floats = NDArray[np.float64]

#: Above so many nodes intervals are null: each replicate is a matrix of nodes by nodes.
MAX_NODES: Final = 600
#: Fewer replicates that know a node give no interval.
MIN_KNOWN: Final = 20

_NODES_PER_BLOCK: Final = 256
_FIGURES: Final = ("p_convert", "expected_steps", "expected_seconds", "removal_effect")
_SCHEMA: Final = {
    "node": pl.String,
    **{f"{figure}{bound}": pl.Float64 for figure in _FIGURES for bound in ("", "_low", "_high")},
    "p_convert_second_order": pl.Float64,
}
_CHANCE_SCHEMA: Final = {"node": pl.String, "p_convert": pl.Float64}
_CONDITION_SCHEMA: Final = {
    "nodes": pl.Int64,
    "stuck_nodes": pl.Int64,
    "greatest_row_error": pl.Float64,
    "condition_number": pl.Float64,
}


def conversion_chances(edges: pl.DataFrame) -> pl.DataFrame:
    """Chance that a journey standing at a node before the goal reaches it.

    From (start) it equals the conversion rate of the settled journeys.

    Args:
        edges: as ``graph.edges``.

    Returns:
        ``node`` and ``p_convert`` in [0, 1] for (start) and every touchpoint with settled
        visits before the goal, sorted by node; empty when nothing is settled.
    """
    chain = chain_of(edges)
    if chain is None:
        return pl.DataFrame(schema=_CHANCE_SCHEMA)
    chances = solve(chain).p_convert
    return pl.DataFrame(
        {"node": chain.nodes, "p_convert": [significant(chance) for chance in chances]},
        schema=_CHANCE_SCHEMA,
    )


def chances(
    moves: pl.DataFrame, chain_moves: pl.DataFrame, touchpoints: pl.DataFrame
) -> pl.DataFrame:
    """What the chain says of each node before the goal, with intervals.

    The removal effect of t is 1 - p_without ÷ p from (start), where all arrivals at t go to
    (dropped): the chance to come by t, times the chance to convert there, ÷ p.

    Args:
        moves: as ``analysis.resampled_moves``.
        chain_moves: as ``analysis.chain_moves``.
        touchpoints: ``touchpoint`` and ``is_goal``; goals have no removal effect.

    Returns:
        Per node, sorted: each of ``p_convert``, ``expected_steps``, ``expected_seconds`` and
        ``removal_effect`` with ``…_low`` and ``…_high``, the 2.5th and 97.5th percentile of
        the replicates, widened to hold the figure; and ``p_convert_second_order``. Empty
        when nothing is settled.
    """
    counted = pl.col("transitions").alias("transitions_settled")
    told = moves.filter(replicate=0).with_columns(
        counted, pl.col("seconds").alias("seconds_settled")
    )
    chain = chain_of(told)
    if chain is None:
        return pl.DataFrame(schema=_SCHEMA)
    solution = solve(chain)
    goals = set(touchpoints.filter(pl.col("is_goal"))["touchpoint"])
    has_no_removal = np.array([node in goals or node == START for node in chain.nodes])
    figures = np.stack(
        [
            solution.p_convert,
            solution.expected_steps,
            solution.expected_seconds,
            removal_effects(chain),
        ]
    )
    small = len(chain.nodes) <= MAX_NODES
    drawn = list(_drawn_figures(moves, chain)) if small else []
    low, high = interval(figures, drawn)
    for values in (figures, low, high):
        values[3, has_no_removal] = np.nan
    columns = {
        f"{figure}{bound}": [significant(None if np.isnan(v) else v) for v in values[number]]
        for number, figure in enumerate(_FIGURES)
        for bound, values in (("", figures), ("_low", low), ("_high", high))
    }
    second = second_order_chances(chain_moves)
    columns["p_convert_second_order"] = [significant(second.get(node)) for node in chain.nodes]
    return pl.DataFrame({"node": chain.nodes, **columns}, schema=_SCHEMA)


def conditions(edges: pl.DataFrame) -> pl.DataFrame:
    """Whether the chain can be solved, and how exactly.

    Args:
        edges: as ``graph.edges``.

    Returns:
        One row, none when nothing is settled: ``nodes``; ``stuck_nodes`` from which no end
        can be reached; ``greatest_row_error``, by how much a row differs from 1; and
        ``condition_number`` of I - Q in the infinity norm, null with stuck nodes. Its inverse
        has no negative entry, so its norm is the greatest number of expected visits.
    """
    chain = chain_of(edges)
    if chain is None:
        return pl.DataFrame(schema=_CONDITION_SCHEMA)
    rows = np.asarray(chain.matrix.sum(axis=1)).ravel()
    stuck = stuck_nodes(chain)
    condition: float | None = None
    if not stuck:
        square = abs(eye_array(len(chain.nodes)) - chain.matrix)
        norm = float(np.asarray(square.sum(axis=1)).max())
        condition = significant(norm * (float(solve(chain).expected_steps.max()) + 1.0))
    error = float(np.abs(rows + chain.to_converted + chain.to_dropped - 1.0).max())
    return pl.DataFrame(
        [[len(chain.nodes), len(stuck), error, condition]], schema=_CONDITION_SCHEMA, orient="row"
    )


def removal_effects(chain: Chain) -> Floats:
    """Share of conversions that would be lost if every arrival at a node were dropped.

    Returns:
        In the order of the chain's nodes; NaN where nobody converts.
    """
    size = len(chain.nodes)
    square = eye_array(size) - chain.matrix
    factors = splu(square.tocsc())
    chances = factors.solve(chain.to_converted)
    visits = splu(square.T.tocsc()).solve(chain.start)
    own = np.empty(size)
    for first in range(0, size, _NODES_PER_BLOCK):
        numbers = np.arange(first, min(first + _NODES_PER_BLOCK, size))
        units = np.zeros((size, len(numbers)))
        units[numbers, numbers - first] = 1.0
        own[numbers] = factors.solve(units)[numbers, numbers - first]
    return _removal(chances, visits / own, float(chances @ chain.start))


def interval(figures: Floats, drawn: list[Floats]) -> tuple[Floats, Floats]:
    """Percentiles of the replicates, widened to hold the figure; NaN where too few know it."""
    if len(drawn) < MIN_KNOWN:
        return np.full_like(figures, np.nan), np.full_like(figures, np.nan)
    told = np.stack(drawn)
    times = (~np.isnan(told)).sum(axis=0)
    known = times >= MIN_KNOWN
    told = np.where(known, told, 0.0)
    low, high = np.quantile(told, BOUNDS, axis=0)
    some = known & (times < len(told))  # one by one, hence only where it must be
    if some.any():
        low[some], high[some] = np.nanquantile(told[:, some], BOUNDS, axis=0)
    return (
        np.where(known, np.minimum(low, figures), np.nan),
        np.where(known, np.maximum(high, figures), np.nan),
    )


def _drawn_figures(moves: pl.DataFrame, chain: Chain) -> Iterator[Floats]:
    """The four figures of each replicate in the order of the chain's nodes."""
    size = len(chain.nodes)
    places = {node: place for place, node in enumerate(chain.nodes)} | {CONVERTED: size}
    drawn = moves.filter(pl.col("replicate") > 0).sort("replicate", maintain_order=True)
    ends = pl.col("to_node").replace_strict(places, default=size + 1, return_dtype=pl.Int64)
    cells = drawn.select(
        pl.col("from_node").replace_strict(places, return_dtype=pl.Int64) * (size + 2) + ends
    )
    origins, items = np.divmod(cells.to_series().to_numpy(), size + 2)
    counts, seconds = drawn["transitions"].to_numpy(), drawn["seconds"].to_numpy()
    if drawn.is_empty():
        return
    bounds = np.flatnonzero(np.diff(drawn["replicate"].to_numpy(), prepend=-1, append=-1))
    replicates = len(bounds) - 1
    number = np.repeat(np.arange(replicates), np.diff(bounds))
    told = np.bincount(
        (number * size + origins) * (size + 2) + items,
        counts,
        minlength=replicates * size * (size + 2),
    ).astype(np.float64)
    spent = np.bincount(number * size + origins, seconds, minlength=replicates * size)
    shape = (replicates, size)
    yield from _dense_figures(
        told.reshape(*shape, size + 2), spent.astype(np.float64).reshape(shape), chain.start
    )


def _dense_figures(counts: Floats, seconds: Floats, start: Floats) -> Iterator[Floats]:
    """The four figures of each replicate; NaN for nodes it does not visit.

    Args:
        counts: moves from each node to each node, (converted) and any other end.
        seconds: time spent at each node.
        start: where journeys begin.
    """
    size = counts.shape[1]
    visits = counts.sum(axis=2)
    shares = counts / np.maximum(visits, 1.0)[:, :, np.newaxis]
    inverses = np.linalg.inv(np.eye(size) - shares[:, :, :size])
    means = seconds / np.maximum(visits, 1.0)
    chances = (inverses @ shares[:, :, size, np.newaxis])[:, :, 0]
    own = np.diagonal(inverses, axis1=1, axis2=2)
    hits = (start[np.newaxis, np.newaxis, :] @ inverses)[:, 0] / own
    figures = np.stack(
        [
            chances,
            inverses.sum(axis=2) - 1.0,
            (inverses @ means[:, :, np.newaxis])[:, :, 0],
            [_removal(of, by, float(of @ start)) for of, by in zip(chances, hits, strict=True)],
        ],
        axis=1,
    )
    np.copyto(figures[:, :3], np.nan, where=(visits == 0.0)[:, np.newaxis, :])
    yield from figures


def _removal(chances: Floats, hits: Floats, start: float) -> Floats:
    if start <= 0.0:
        return np.full(len(chances), np.nan)
    return np.clip(hits * chances / start, 0.0, 1.0)
