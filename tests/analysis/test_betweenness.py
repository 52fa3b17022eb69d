"""Betweenness by rows equals the textbook, and NetworkX on random graphs."""

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeylab.analysis.betweenness import betweenness

EDGES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 6)), min_size=1, max_size=30
)


def graph_of(*edges):
    """Edges (from, to, transitions); the length of an edge is 1 ÷ its transitions."""
    graph = nx.DiGraph()
    for source, target, transitions in edges:
        graph.add_edge(source, target, distance=1 / transitions)
    return graph


def test_a_chain_runs_through_its_middle():
    """Of the pairs (a, c), (a, d), (b, d), (c, a) … three run through b or c: 2 of 6 each."""
    found = betweenness(graph_of(("a", "b", 1), ("b", "c", 1), ("c", "d", 1)))

    assert found == {"a": 0.0, "b": 2 / 6, "c": 2 / 6, "d": 0.0}


def test_below_three_nodes_there_is_no_pair_of_others():
    """Nobody is between, and nothing is divided by 0."""
    assert betweenness(graph_of(("a", "b", 5))) == {"a": 0.0, "b": 0.0}
    assert betweenness(nx.DiGraph()) == {}


@given(EDGES)
def test_it_equals_networkx(edges):
    """Ties, cycles, edges to oneself, nodes that nothing reaches."""
    graph = graph_of(*edges)

    expected = nx.betweenness_centrality(graph, weight="distance")

    assert betweenness(graph) == pytest.approx(expected, abs=1e-12)
