"""The absorbing chain, solved on paper: six journeys over a, b and the goal.

a b goal · a b goal · b goal · a · a b · b a
"""

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylab.analysis.chain import (
    MOST_FACTORED,
    chain_of,
    chances_to_convert,
    solve,
    stuck_nodes,
    with_exit_rate,
    without,
)
from journeylab.analysis.chances import conditions, removal_effects
from journeylab.errors import InputRefused, UnknownName

SIX = (
    ("(start)", "a", 4, 0),
    ("(start)", "b", 2, 0),
    ("a", "b", 3, 30),
    ("a", "(dropped)", 2, 0),
    ("b", "goal", 3, 60),
    ("b", "(dropped)", 1, 5),
    ("b", "a", 1, 15),
    ("goal", "(converted)", 3, 0),
)


def edge_table(*edges):
    """Rows (from, to, settled transitions[, their seconds])."""
    names = ("from_node", "to_node", "transitions_settled", "seconds_settled")
    rows = [(*edge, 0)[:4] for edge in edges]
    table = pl.DataFrame(rows, schema=names, orient="row")
    return table.with_columns(part=pl.lit("before"))


def line(size, up, down, leave):
    """Nodes in a row: moves of each to the next, back, and out; the next of the last is sold."""
    nodes = ["(start)", *(f"{number:05}" for number in range(1, size + 1)), "(converted)"]
    moves = [("(start)", nodes[1], 1)]
    for number in range(1, size + 1):
        ends = ((nodes[number + 1], up), (nodes[number - 1], down), ("(dropped)", leave))
        for to_node, count in ends:
            moves.append((nodes[number], "(dropped)" if to_node == "(start)" else to_node, count))
    return edge_table(*(move for move in moves if move[2]))


def by_node(chain, values):
    return dict(zip(chain.nodes, values, strict=True))


def walked(journeys):
    """Edges of journeys, each (touchpoints, whether it converts)."""
    moves = {}
    for path, converts in journeys:
        places = ["(start)", *path, "(converted)" if converts else "(dropped)"]
        for move in pairwise(places):
            moves[move] = moves.get(move, 0) + 1
    return edge_table(*((*move, count) for move, count in sorted(moves.items())))


def test_six_journeys_on_paper():
    """p(a) = 3/5 p(b), p(b) = 3/5 + 1/5 p(a); three of six convert."""
    chain = chain_of(edge_table(*SIX))

    found = solve(chain)

    assert by_node(chain, found.p_convert) == pytest.approx(
        {"(start)": 1 / 2, "a": 9 / 22, "b": 15 / 22, "goal": 1}
    )
    assert found.p_start == pytest.approx(1 / 2)


def test_steps_and_time_from_the_start_are_the_mean_of_the_journeys():
    """13 steps and 110 seconds in six journeys; from a 27/22 steps are still to come."""
    chain = chain_of(edge_table(*SIX))

    found = solve(chain)

    assert by_node(chain, found.expected_steps) == pytest.approx(
        {"(start)": 13 / 6, "a": 27 / 22, "b": 23 / 22, "goal": 0}, abs=1e-12
    )
    assert by_node(chain, found.expected_seconds)["(start)"] == pytest.approx(110 / 6)


def test_removal_on_paper():
    """Nobody converts without b; without a, b goal and half of b's visits remain: 0.2 of 0.5."""
    chain = chain_of(edge_table(*SIX))

    effects = by_node(chain, removal_effects(chain))

    assert (effects["a"], effects["b"]) == pytest.approx((0.6, 1.0))
    assert solve(without(chain, "a")).p_start == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("node", "rate", "expected"),
    [
        pytest.param("b", 0.0, 11 / 17, id="nobody leaves b: p(b) = 3/4 + 1/4 p(a)"),
        pytest.param("b", 0.2, 1 / 2, id="as it is"),
        pytest.param("a", 1.0, 1 / 5, id="everyone leaves a: as without it"),
        pytest.param("b", 1.0, 0.0, id="everyone leaves b"),
    ],
)
def test_another_exit_rate(node, rate, expected):
    """The other moves keep their mix."""
    chain = with_exit_rate(chain_of(edge_table(*SIX)), node, rate)

    assert solve(chain).p_start == pytest.approx(expected)


def test_exits_are_not_taken_from_a_node_of_exits_alone():
    """At an exit rate of 1 there are no other moves to scale."""
    chain = chain_of(edge_table(("(start)", "a", 1), ("a", "(dropped)", 1)))

    with pytest.raises(InputRefused, match="every visit to 'a' is an exit"):
        with_exit_rate(chain, "a", 0.5)


def test_a_circle_without_a_way_out_is_refused():
    """Two touchpoints lead to each other; only one had exits."""
    chain = chain_of(
        edge_table(("(start)", "a", 2), ("a", "b", 1), ("a", "(dropped)", 2), ("b", "a", 1))
    )

    with pytest.raises(InputRefused, match="no way out of"):
        with_exit_rate(chain, "a", 0.0)


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_a_rate_is_a_share(rate):
    """Below 0, above 1, not a number."""
    with pytest.raises(InputRefused, match="choose a share from 0 to 1"):
        with_exit_rate(chain_of(edge_table(*SIX)), "a", rate)


def test_an_unknown_node_is_named_with_the_nearest():
    """The error teaches."""
    with pytest.raises(UnknownName, match="did you mean 'goal'"):
        without(chain_of(edge_table(*SIX)), "gaol")


def test_nothing_settled_is_no_chain():
    """Neither are conditions told."""
    edges = edge_table(("(start)", "a", 0))

    assert chain_of(edges) is None
    assert conditions(edges).rows() == []


def test_conditions_of_the_six():
    """‖I - Q‖ is 1 + 4/6 + 2/6 or 1 + 4/5; a journey passes 1 + 13/6 nodes: 2 · 19/6."""
    assert conditions(edge_table(*SIX)).row(0, named=True) == {
        "nodes": 4,
        "stuck_nodes": 0,
        "greatest_row_error": pytest.approx(0, abs=1e-12),
        "condition_number": pytest.approx(19 / 3, abs=1e-6),
    }


def test_a_node_that_leads_nowhere_is_told():
    """Such edges never come from journeys, which all end."""
    edges = edge_table(("(start)", "a", 1), ("a", "b", 1), ("b", "a", 1))

    assert stuck_nodes(chain_of(edges)) == ("(start)", "a", "b")
    assert conditions(edges)["stuck_nodes"].to_list() == [3]


def test_400_nodes_are_solved():
    """A line of 399 touchpoints, each left by one journey in 400: (399/400)^399 convert."""
    names = [f"t{number:03}" for number in range(399)]
    ways = [(one, other, 399) for one, other in pairwise(names)]
    chain = chain_of(
        edge_table(
            ("(start)", "t000", 400),
            *ways,
            *((name, "(dropped)", 1) for name in names),
            ("t398", "(converted)", 399),
        )
    )

    assert solve(chain).p_start == pytest.approx((399 / 400) ** 399)
    assert removal_effects(chain)[1:] == pytest.approx([1.0] * 399)


@settings(max_examples=30, deadline=None)
@given(
    journeys=st.lists(
        st.tuples(st.lists(st.sampled_from("abc"), min_size=1, max_size=5), st.booleans()),
        min_size=1,
        max_size=12,
    ),
    rate=st.floats(0.01, 1.0),
)
def test_rows_sum_to_one_and_the_start_converts_as_observed(journeys, rate):
    """Whatever the journeys; and rows still sum to 1 after a change or a removal."""
    chain = chain_of(walked(journeys))
    node = journeys[0][0][0]
    effects = by_node(chain, removal_effects(chain))

    found = solve(chain)

    assert found.p_start == pytest.approx(sum(won for _, won in journeys) / len(journeys))
    left = [without(chain, node)]
    if chain.to_dropped[chain.place(node)] < 1:
        left.append(with_exit_rate(chain, node, rate))
    for told in (chain, *left):
        total = told.matrix.sum(axis=1) + told.to_converted + told.to_dropped
        assert total == pytest.approx(1.0)
    if found.p_start > 0:
        assert 1 - solve(left[0]).p_start / found.p_start == pytest.approx(effects[node], abs=1e-9)


def test_chances_of_very_many_nodes_by_steps():
    """Nine of ten go on to the next of 2,500 nodes: 9/10 to the power of what lies ahead."""
    size = MOST_FACTORED + 500
    chain = chain_of(line(size, 9, 0, 1))

    found = by_node(chain, chances_to_convert(chain))

    assert found["00001"] == pytest.approx(0.9**size, abs=1e-12)
    ahead = {f"{size - steps + 1:05}": 0.9**steps for steps in range(1, 200)}
    assert {node: found[node] for node in ahead} == pytest.approx(ahead, abs=1e-12)


def test_chances_of_very_many_nodes_where_steps_do_not_come_to_an_end():
    """A walk up and down by the toss of a coin: the ruin of a gambler, i ÷ (nodes + 1)."""
    size = MOST_FACTORED + 500
    chain = chain_of(line(size, 1, 1, 0))

    found = by_node(chain, chances_to_convert(chain))

    wanted = {f"{number:05}": number / (size + 1) for number in range(1, size + 1)}
    assert {node: found[node] for node in wanted} == pytest.approx(wanted, abs=1e-8)
