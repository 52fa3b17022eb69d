"""Settled transitions -> the absorbing Markov chain of journeys. Pure functions, no I/O."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array
from scipy.sparse.linalg import gmres, splu

from journeylab.analysis.graph import CONVERTED, START
from journeylab.errors import InputRefused, UnknownName

Floats = NDArray[np.float64]

#: Chains of more nodes are solved step by step: their factors fill up. For 22,000 nodes with a
#: million moves they took more than a minute, where the steps take a twentieth of a second.
MOST_FACTORED: Final = 2_000

_RELATIVE_RESIDUAL: Final = 1e-13
_STEPS_PER_ROUND: Final = 50
_MOST_ROUNDS: Final = 40


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Where journeys go from each node before the goal, as shares of its visits.

    Rows and columns stand in the order of ``nodes``. Each row of ``matrix`` with its entries
    of ``to_converted`` and ``to_dropped`` sums to 1.

    Attributes:
        nodes: (start) and the touchpoints with settled visits, sorted.
        matrix: share of visits followed by a move to each node.
        to_converted: share of visits that ended in (converted).
        to_dropped: share of visits that ended in (dropped), or in any other end.
        start: chance that a journey begins at a node; all of it at (start).
        visits: settled visits; at (start) settled journeys.
        seconds: mean seconds from entering a node to entering the next, per move; where
            ``matrix`` has entries.
        seconds_converted: mean seconds from entering a node to leaving it for (converted).
        seconds_dropped: the same for (dropped).
    """

    nodes: tuple[str, ...]
    matrix: csr_array
    to_converted: Floats
    to_dropped: Floats
    start: Floats
    visits: Floats
    seconds: csr_array
    seconds_converted: Floats
    seconds_dropped: Floats

    def place(self, node: str) -> int:
        """Row of a node.

        Raises:
            UnknownName: the chain has no such node; the nearest is named.
        """
        if node not in self.nodes:
            where = f"chain of {len(self.nodes)} nodes with settled visits before the goal"
            raise UnknownName.of("node", node, where, self.nodes)
        return self.nodes.index(node)

    def visit_seconds(self) -> Floats:
        """Mean seconds from entering each node to entering the next, or to leaving it last."""
        inside: Floats = self.matrix.multiply(self.seconds) @ np.ones(len(self.nodes))
        ends = self.to_converted * self.seconds_converted + self.to_dropped * self.seconds_dropped
        total: Floats = inside + ends
        return total


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What a chain says of each node, in the order of its ``nodes``.

    Attributes:
        p_convert: chance to reach (converted).
        p_start: the same of a journey that starts.
        expected_steps: steps still to come after this one; at (start) steps of a journey.
        expected_seconds: seconds from entering it to the goal or the last step.
    """

    nodes: tuple[str, ...]
    p_convert: Floats
    p_start: float
    expected_steps: Floats
    expected_seconds: Floats


def chain_of(edges: pl.DataFrame) -> Chain | None:
    """The chain of the settled transitions before the goal.

    Args:
        edges: one row per (part, from_node, to_node) with ``transitions_settled``, as
            ``graph.edges``; rows of equal nodes are added up. Without ``part`` all rows
            are before the goal. ``seconds_settled``, if there, sums the seconds of those
            transitions from entering the one to entering the other.

    Returns:
        The chain; None when nothing is settled.
    """
    moves = edges.filter(pl.col("transitions_settled") > 0)
    if "part" in moves.columns:
        moves = moves.filter(pl.col("part") == "before")
    seconds = pl.col("seconds_settled") if "seconds_settled" in moves.columns else pl.lit(0.0)
    moves = (
        moves.group_by("from_node", "to_node")
        .agg(pl.col("transitions_settled").sum(), seconds.sum().alias("seconds"))
        .sort("from_node", "to_node")
    )
    nodes = tuple(moves["from_node"].unique().sort())
    if START not in nodes:
        return None
    place = {node: number for number, node in enumerate(nodes)}
    size = len(nodes)
    counts = moves["transitions_settled"].to_numpy().astype(np.float64)
    means = moves["seconds"].to_numpy().astype(np.float64) / counts
    origins = np.array([place[node] for node in moves["from_node"]])
    targets = np.array([place.get(node, -1) for node in moves["to_node"]])
    visits = np.bincount(origins, weights=counts, minlength=size).astype(np.float64)
    shares = counts / visits[origins]
    inside = targets >= 0
    goals = (moves["to_node"] == CONVERTED).to_numpy()
    ends = ~inside & ~goals

    def square(values: Floats) -> csr_array:
        return csr_array((values[inside], (origins[inside], targets[inside])), shape=(size, size))

    def column(values: Floats, chosen: NDArray[np.bool_]) -> Floats:
        summed = np.bincount(origins[chosen], weights=values[chosen], minlength=size)
        return summed.astype(np.float64)

    dropped = column(shares, ends)
    dropped_seconds = column(shares * means, ends)
    return Chain(
        nodes=nodes,
        matrix=square(shares),
        to_converted=column(shares, goals),
        to_dropped=dropped,
        start=(np.array(nodes) == START).astype(np.float64),
        visits=visits,
        seconds=square(means),
        seconds_converted=column(means, goals),
        seconds_dropped=np.divide(dropped_seconds, dropped, out=np.zeros(size), where=dropped > 0),
    )


def solve(chain: Chain) -> Solution:
    """Chances to convert, steps and time to the end, from every node.

    (I - Q)x = r with one sparse factorisation: r holds the moves into (converted), ones, or
    the mean seconds of a visit.

    Raises:
        InputRefused: from some node no end can be reached.

    Source:
        Kemeny, Snell: Finite Markov chains (1960), chapter 3.
    """
    refuse_stuck(chain)
    factors = splu((eye_array(len(chain.nodes)) - chain.matrix).tocsc())
    chances = np.clip(factors.solve(chain.to_converted), 0.0, 1.0)
    return Solution(
        nodes=chain.nodes,
        p_convert=chances,
        p_start=float(chances @ chain.start),
        expected_steps=factors.solve(np.ones(len(chain.nodes))) - 1.0,
        expected_seconds=factors.solve(chain.visit_seconds()),
    )


def chances_to_convert(chain: Chain) -> Floats:
    """The chance to convert alone, from every node; also of chains with very many nodes.

    Above ``MOST_FACTORED`` nodes (I - Q)x = r is solved by GMRES. What it leaves of r, times the
    most steps that a journey is expected to go on, bounds its error. Where it does not come to an
    end, as with journeys of many thousand steps, the matrix is factored after all.

    Raises:
        InputRefused: from some node no end can be reached.

    Source:
        Saad, Schultz: GMRES, a generalized minimal residual algorithm (1986).
    """
    if len(chain.nodes) <= MOST_FACTORED:
        return solve(chain).p_convert
    refuse_stuck(chain)
    square = (eye_array(len(chain.nodes)) - chain.matrix).tocsr()
    chances, unsolved = gmres(
        square,
        chain.to_converted,
        rtol=_RELATIVE_RESIDUAL,
        atol=0.0,
        restart=_STEPS_PER_ROUND,
        maxiter=_MOST_ROUNDS,
    )
    if unsolved:
        chances = splu(square.tocsc()).solve(chain.to_converted)
    clipped: Floats = np.clip(chances, 0.0, 1.0)
    return clipped


def stuck_nodes(chain: Chain) -> tuple[str, ...]:
    """Nodes from which no end can be reached, sorted; a solvable chain has none."""
    reached = chain.to_converted + chain.to_dropped > 0
    while True:
        further = reached | (chain.matrix @ reached > 0)
        if (further == reached).all():
            return tuple(node for node, ends in zip(chain.nodes, reached, strict=True) if not ends)
        reached = further


def refuse_stuck(chain: Chain) -> None:
    """Raise InputRefused when from some node no end can be reached."""
    stuck = stuck_nodes(chain)
    if stuck:
        raise InputRefused(
            f"no way out of {', '.join(stuck)}: who comes there never converts nor drops",
            "the chain of moves before the goal",
            "leave some exits there: choose an exit_rate above 0",
        )


def with_exit_rate(chain: Chain, node: str, rate: float) -> Chain:
    """The chain in which a node's exit rate is another; its other moves scale to fit.

    Raises:
        UnknownName: the chain has no such node.
        InputRefused: the rate is no share; every visit there is an exit, so there are no
            other moves; or a node is left without a way out.
    """
    row = chain.place(node)
    refuse_no_share(rate, node, "exit_rate")
    exits = float(chain.to_dropped[row])
    if exits >= 1.0:
        raise InputRefused(
            f"every visit to {node!r} is an exit: there are no other moves to scale",
            "exit_rate",
            "change another touchpoint",
        )
    factor = (1.0 - rate) / (1.0 - exits)
    changed = _scaled_rows(chain, np.where(np.arange(len(chain.nodes)) == row, factor, 1.0))
    dropped = chain.to_dropped.copy()
    dropped[row] = rate
    changed = replace(changed, to_dropped=dropped)
    refuse_stuck(changed)
    return changed


def without(chain: Chain, node: str) -> Chain:
    """The chain in which every arrival at a node is dropped.

    Raises:
        UnknownName: the chain has no such node.
    """
    column = chain.place(node)
    arrivals = chain.matrix[:, [column]].toarray().ravel()
    kept = csr_array(chain.matrix @ _diagonal(np.arange(len(chain.nodes)) != column))
    return replace(chain, matrix=kept, to_dropped=chain.to_dropped + arrivals)


def refuse_no_share(rate: float, node: str, name: str) -> None:
    """Raise InputRefused unless 0 <= rate <= 1."""
    if not 0.0 <= rate <= 1.0:
        raise InputRefused(f"{name} {rate!r} of {node!r}", name, "choose a share from 0 to 1")


def _scaled_rows(chain: Chain, factors: Floats) -> Chain:
    """Every move but exits times the factor of its row."""
    return replace(
        chain,
        matrix=csr_array(_diagonal(factors) @ chain.matrix),
        to_converted=chain.to_converted * factors,
    )


def _diagonal(values: NDArray[np.generic]) -> csr_array:
    numbers = np.arange(len(values))
    return csr_array((values.astype(np.float64), (numbers, numbers)))
