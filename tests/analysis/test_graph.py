"""Figures of the transition graph on graphs small enough to solve on paper."""

import polars as pl
import pytest

from journeylab.analysis.chances import conversion_chances
from journeylab.analysis.graph import journey_graph, node_flow

TOUCHPOINTS = pl.DataFrame(
    {"touchpoint": ["goal", "gone"], "is_goal": [True, False], "is_loss": [False, True]}
)


def edge_table(*edges):
    """Edges (from, to, settled transitions) of the part before the goal."""
    return pl.DataFrame(
        [("before", *edge, edge[2]) for edge in edges],
        schema={
            "part": pl.String,
            "from_node": pl.String,
            "to_node": pl.String,
            "transitions_settled": pl.Int64,
            "journeys_settled": pl.Int64,
        },
        orient="row",
    )


def node_table(edges):
    """The nodes the edges name; visits are the settled flow in."""
    names = sorted({*edges["from_node"], *edges["to_node"]})
    visits = [edges.filter(pl.col("to_node") == n)["transitions_settled"].sum() for n in names]
    return pl.DataFrame(
        {"part": ["before"] * len(names), "node": names, "visits_settled": visits},
        schema={"part": pl.String, "node": pl.String, "visits_settled": pl.Int64},
    )


def flow(*edges):
    table = edge_table(*edges)
    rows = node_flow(node_table(table), table, TOUCHPOINTS).iter_rows(named=True)
    return {row["node"]: row for row in rows}


def test_the_graph_carries_every_column_as_an_attribute():
    """Only the part that was asked for; nodes in the order of names."""
    edges = edge_table(("(start)", "b", 2), ("b", "a", 1))

    graph = journey_graph(node_table(edges), edges)

    assert list(graph) == ["(start)", "a", "b"]
    assert graph.edges["b", "a"] == {"transitions_settled": 1, "journeys_settled": 1}
    assert graph.nodes["b"] == {"visits_settled": 2}
    assert len(journey_graph(node_table(edges), edges, part="after")) == 0


def test_pagerank_restarts_at_the_start():
    """(start) → a → (dropped): s = 1 ÷ (1 + 0.85 + 0.85²), a = 0.85 s, d = 0.85 a."""
    found = flow(("(start)", "a", 7), ("a", "(dropped)", 7))

    ranks = [found[node]["pagerank"] for node in ("(start)", "a", "(dropped)")]
    assert ranks == pytest.approx([0.388726919, 0.330417882, 0.280855199], abs=1e-9)


def test_betweenness_counts_busy_ways_as_short():
    """From a to c: 1/4 + 1/4 over b, 1 straight; so b is on one of the pairs (a, c), (c, a)."""
    found = flow(("a", "b", 4), ("b", "c", 4), ("a", "c", 1))

    assert [found[node]["betweenness"] for node in "abc"] == [0.0, 0.5, 0.0]


def test_a_way_as_short_as_another_shares_the_pair():
    """1/2 + 1/2 over b equals 1 straight: b lies on half of the shortest ways."""
    found = flow(("a", "b", 2), ("b", "c", 2), ("a", "c", 1))

    assert found["b"]["betweenness"] == 0.25


def test_components_are_named_by_their_most_visited_touchpoint():
    """A and b circle; c only leads on; an edge of under 1 % of the journeys joins nothing."""
    found = flow(
        ("(start)", "a", 200),
        ("a", "b", 100),
        ("b", "a", 100),
        ("a", "c", 200),
        ("c", "a", 1),
        ("c", "(dropped)", 200),
    )

    assert {node: row["component"] for node, row in found.items() if row["component"]} == {
        "a": "a",
        "b": "a",
    }


def test_dominators_are_on_every_way_to_the_goal():
    """Everybody passes the cart; home or search are alternatives; goals are no candidates."""
    found = flow(
        ("(start)", "home", 2),
        ("(start)", "search", 2),
        ("home", "cart", 2),
        ("search", "cart", 2),
        ("cart", "goal", 3),
        ("cart", "(dropped)", 1),
        ("goal", "(converted)", 3),
    )

    assert {node: row["is_dominator"] for node, row in found.items()} == {
        "(converted)": None,
        "(dropped)": None,
        "(start)": None,
        "cart": True,
        "goal": None,
        "home": False,
        "search": False,
    }


def test_where_nobody_converted_nothing_dominates():
    """Unknown, not false."""
    found = flow(("(start)", "a", 1), ("a", "(dropped)", 1))

    assert found["a"]["is_dominator"] is None


def test_nothing_settled_gives_nulls():
    """An open journey has a node and an edge, but no figures."""
    found = flow(("(start)", "a", 0), ("a", "(open)", 0))

    assert [value for name, value in found["a"].items() if name not in ("part", "node")] == [
        None,
        None,
        None,
        None,
    ]


def test_an_empty_graph_has_no_figures():
    """No journeys, no rows, no error."""
    edges = edge_table()

    assert node_flow(node_table(edges), edges, TOUCHPOINTS).rows() == []
    assert conversion_chances(edges).rows() == []


def test_the_chance_to_convert_with_a_loop():
    """p(a) = 3/5 p(b), p(b) = 2/3 + 1/3 p(a): 1/2 and 5/6; 2 of 4 journeys convert."""
    chances = conversion_chances(
        edge_table(
            ("(start)", "a", 4),
            ("a", "b", 3),
            ("a", "(dropped)", 2),
            ("b", "a", 1),
            ("b", "(converted)", 2),
        )
    )

    assert chances.rows() == [("(start)", 0.5), ("a", 0.5), ("b", 0.833333333)]


def test_open_journeys_do_not_enter_the_chain():
    """An edge without settled transitions is as if it were not there."""
    chances = conversion_chances(
        edge_table(("(start)", "a", 1), ("a", "(converted)", 1), ("a", "(open)", 0))
    )

    assert chances.rows() == [("(start)", 1.0), ("a", 1.0)]
