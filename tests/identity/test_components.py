"""Connected components against a union-find that anybody can read."""

import itertools
import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylab.identity import contested_components, raw_components

PAIRS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=60)


def frame(edges):
    schema = {"left_key": pl.Int32, "right_key": pl.Int32}
    return pl.DataFrame(edges, schema=schema, orient="row")


def union_find(edges):
    """Key -> least key of its component, the slow way."""
    group = {key: {key} for edge in edges for key in edge}
    for left, right in edges:
        if group[left] is not group[right]:
            group[left] |= group[right]
            for key in group[right]:
                group[key] = group[left]
    return {key: min(members) for key, members in group.items()}


@given(PAIRS)
def test_random_graphs(edges):
    """Every graph has the components of the union-find, labelled by their least key."""
    assert dict(raw_components(frame(edges)).rows()) == union_find(edges)


@given(st.integers(2, 300), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_chains_and_stars(length, chance):
    """A chain and a star of shuffled keys are one component each, in any order of edges."""
    keys = list(range(length))
    chance.shuffle(keys)
    chain = list(itertools.pairwise(keys))
    star = [(keys[0] + length, key + length) for key in keys[1:]]
    edges = chain + star
    chance.shuffle(edges)

    found = dict(raw_components(frame(edges)).rows())

    assert set(found[key] for key in keys) == {0}
    assert set(found[key + length] for key in keys) == {length}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_chain_of_20000(seed):
    """The longest path is one component, in whatever order its edges come."""
    edges = [(i, i + 1) for i in range(20_000)]
    random.Random(seed).shuffle(edges)

    found = raw_components(frame(edges))

    assert found.height == 20_001
    assert found["component_key"].unique().to_list() == [0]


def test_no_edges():
    """Nothing in, nothing out, with the declared types."""
    found = raw_components(frame([]))

    assert found.schema == {"identifier_key": pl.Int32, "component_key": pl.Int32}
    assert found.height == 0


def test_sparse_keys():
    """Keys need not be dense: the cost goes by the edges, not by the greatest key."""
    found = raw_components(frame([(2_000_000_000, 7), (5, 5)]))

    assert found.rows() == [(5, 5), (7, 7), (2_000_000_000, 7)]


def test_contested_components_leave_conflicts_out():
    """A key whose only edge conflicts is a component of its own."""
    edges = frame([(1, 2), (2, 3), (3, 4)]).with_row_index("edge_number", offset=1)
    edges = edges.cast({"edge_number": pl.Int64})
    conflicts = pl.DataFrame({"edge_number": [3]}, schema={"edge_number": pl.Int64})

    assert contested_components(edges, conflicts).rows() == [(1, 1), (2, 1), (3, 1), (4, 4)]
    assert contested_components(edges.clear(), conflicts.clear()).rows() == []
