"""Settled transitions -> the absorbing Markov chain of journeys. Pure functions, no I/O."""

from typing import Final

import numpy as np
import polars as pl
from scipy.sparse import csr_array, identity
from scipy.sparse.linalg import spsolve

from journeylab.analysis.graph import CONVERTED, START
from journeylab.analysis.statistics import significant

_SCHEMA: Final = {"node": pl.String, "p_convert": pl.Float64}


def conversion_chances(edges: pl.DataFrame) -> pl.DataFrame:
    """Chance that a journey standing at a node before the goal reaches it.

    The chain moves from each node in the proportions of its settled transitions and ends
    in (converted), (dropped) or (open); the chance solves (I - Q)x = r, where Q holds the
    moves between nodes and r those into (converted). From (start) it equals the conversion
    rate of the settled journeys.

    Args:
        edges: one row per (part, from_node, to_node) with ``transitions_settled``, as
            ``graph.edges``.

    Returns:
        ``node`` and ``p_convert`` in [0, 1] for (start) and every touchpoint with settled
        visits before the goal, sorted by node; empty when nothing is settled.

    Source:
        Kemeny, Snell: Finite Markov chains (1960), chapter 3.
    """
    moves = edges.filter(pl.col("part") == "before", pl.col("transitions_settled") > 0)
    moves = moves.sort("from_node", "to_node")
    states = moves["from_node"].unique().sort()
    if START not in states:
        return pl.DataFrame(schema=_SCHEMA)
    place = {node: number for number, node in enumerate(states)}
    counts = moves["transitions_settled"].to_numpy().astype(np.float64)
    origins = np.array([place[node] for node in moves["from_node"]])
    targets = np.array([place.get(node, -1) for node in moves["to_node"]])
    shares = counts / np.bincount(origins, weights=counts)[origins]
    inside = targets >= 0
    size = len(place)
    steps = csr_array(
        (shares[inside], (origins[inside], targets[inside])), shape=(size, size), dtype=np.float64
    )
    goals = (moves["to_node"] == CONVERTED).to_numpy()
    reached = np.bincount(origins[goals], weights=shares[goals], minlength=size)
    chances = np.clip(spsolve((identity(size) - steps).tocsc(), reached), 0.0, 1.0)
    return pl.DataFrame(
        {"node": states, "p_convert": [significant(chance) for chance in np.atleast_1d(chances)]},
        schema=_SCHEMA,
    )
