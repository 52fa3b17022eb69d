"""Graphs of some journeys: the same models, the same numbers where all are chosen."""

from collections.abc import Iterator

import networkx as nx
import pytest
from polars.testing import assert_frame_equal
from shop_frame import DAY, STAGES, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, UnknownName

TABLES = ("graph_nodes", "graph_edges", "stage_nodes", "stage_edges")
METHODS = {"graph_nodes": "nodes", "graph_edges": "edges"}

#: SEMANTICS: what a node and an edge of the graph carry.
NODE_ATTRIBUTES = {
    "label",
    "channel",
    "stage",
    "stage_rank",
    "phase",
    "owner",
    "visits",
    "visits_settled",
    "journeys",
    "journeys_settled",
    "journeys_converted",
    "customers",
    "customers_settled",
    "reach",
    "exits",
    "exit_rate",
    "drop_off_rate",
    "returns",
    "returns_settled",
    "bounces",
    "bounces_settled",
    "p_convert",
    "pagerank",
    "betweenness",
    "component",
    "is_dominator",
    "is_on_every_bought_path",
    "dwell_p50_seconds",
    "wait_p50_seconds",
    "wait_p90_seconds",
}
EDGE_ATTRIBUTES = {
    "transitions",
    "transitions_settled",
    "journeys",
    "journeys_settled",
    "customers",
    "customers_settled",
    "share_out",
    "share_in",
    "direction",
    "depth",
    "returns",
    "returns_settled",
    "return_share",
    "bounces",
    "bounces_settled",
    "bounce_share",
    "wait_p10_seconds",
    "wait_p50_seconds",
    "wait_p90_seconds",
    "wait_mean_seconds",
    "value",
    "is_insufficient",
}


@pytest.fixture(scope="module")
def shop() -> Iterator[jl.Lab]:
    """Five journeys of four customers; waits with fractions, after-care, an order at once."""
    rows = frame(
        ana=[
            (0, "web:home"),
            (1 / 3, "web:product"),
            (2, "web:home"),
            (3.7, "web:product"),
            (5, "purchase:completed"),
            (9, "web:order_status"),
            (10, "chat:started"),
        ],
        ben=[(0, "email:click"), (1, "web:cart"), (2, "email:click")],
        cid=[(0, "email:click"), (1, "purchase:completed"), (70 * DAY, "web:home")],
        dan=[(3, "web:product"), (3 + 1 / 7, "web:cart")],
    )
    with opened(rows, stages=STAGES) as lab:
        yield lab


def asked(lab: jl.Lab, table: str, where: str | None = None):
    return getattr(lab, METHODS.get(table, table))(where=where)


@pytest.mark.parametrize("table", TABLES)
def test_a_condition_that_always_holds_gives_the_published_table(shop: jl.Lab, table: str) -> None:
    """To the last digit, types and order too; without a condition it is the table itself."""
    assert_frame_equal(asked(shop, table, "true"), shop.table(table), check_exact=True)
    assert asked(shop, table).equals(shop.table(table))


def test_the_graph_of_all_journeys_equals_the_published_one(shop: jl.Lab) -> None:
    """Nodes, edges and attributes, before the goal and after it."""
    for part in ("before", "after"):
        assert nx.utils.graphs_equal(shop.graph(part, where="true"), shop.graph(part))


def test_a_channel_has_a_graph_of_its_own(shop: jl.Lab) -> None:
    """Ben and Cid came by e-mail: one of two converts, and the figures are over the two."""
    graph = shop.graph(where="entry_channel = 'email'")

    assert sorted(graph) == [
        "(converted)",
        "(dropped)",
        "(start)",
        "email:click",
        "purchase:completed",
        "web:cart",
    ]
    click = graph.nodes["email:click"]
    assert (click["visits"], click["journeys"], click["reach"]) == (3, 2, 1.0)
    assert graph.nodes["(start)"]["p_convert"] == 0.5
    back = graph.edges["web:cart", "email:click"]
    assert (back["direction"], back["bounce_share"]) == ("back", 1.0)


def test_a_period_has_a_graph_of_its_own(shop: jl.Lab) -> None:
    """Cid's second journey alone began in March."""
    edges = shop.edges(where="started_at >= '2026-03-01'")

    assert edges.select("from_node", "to_node", "transitions").rows() == [
        ("(start)", "web:home", 1),
        ("web:home", "(dropped)", 1),
    ]


def test_filters_join_up(shop: jl.Lab) -> None:
    """By period, by pattern, by built-in segment: who left the cart for the mail again is Ben."""
    period = ("2026-03-01", None)
    back = "web:cart -> email:click"

    assert shop.graph(segment=period).nodes["web:home"]["visits"] == 1
    assert sorted(shop.graph(pattern=back)) == sorted(shop.graph(where="customer_id = 'ben'"))
    assert len(shop.graph(segment=period, pattern=back)) == 0
    mail = shop.segment("first_channel", level="email")
    assert shop.nodes(segment=mail).equals(shop.nodes(where="entry_channel = 'email'"))


def test_after_care_of_chosen_journeys(shop: jl.Lab) -> None:
    """Ana's two steps of help; Cid had none, so (converted) leads to (end)."""
    graph = shop.graph("after", where="outcome = 'converted'")

    assert sorted(graph.edges) == [
        ("(converted)", "(end)"),
        ("(converted)", "web:order_status"),
        ("chat:started", "(end)"),
        ("web:order_status", "chat:started"),
    ]


def test_nobody_chosen_is_an_empty_graph(shop: jl.Lab) -> None:
    """No node, no edge, no error."""
    assert len(shop.graph(where="steps > 99")) == 0
    assert shop.stage_edges(where="steps > 99").height == 0
    assert shop.stage_edges(where="steps > 99").schema == shop.stage_edges().schema


def test_what_is_no_condition_is_refused(shop: jl.Lab) -> None:
    """An unknown column is named with the nearest; a query inside is no condition."""
    with pytest.raises(UnknownName, match="did you mean 'entry_channel'"):
        shop.graph(where="entry_chanel = 'web'")
    with pytest.raises(InputRefused):
        shop.edges(where="true) union all (select 1")


def test_the_graph_carries_every_attribute_of_the_contract(shop: jl.Lab) -> None:
    """All nodes and all edges, bracketed ones too, where what does not apply is None."""
    for part in ("before", "after"):
        graph = shop.graph(part)
        assert {frozenset(values) for _, values in graph.nodes(data=True)} == {
            frozenset(NODE_ATTRIBUTES)
        }
        assert {frozenset(values) for *_, values in graph.edges(data=True)} == {
            frozenset(EDGE_ATTRIBUTES)
        }


def test_the_stage_graph_has_an_edge_per_direction(shop: jl.Lab) -> None:
    """Ana rises from reach to nurture twice and falls once; no direction leads to the end."""
    graph = shop.stage_graph()

    assert graph.edges["reach", "nurture", "advance"]["transitions"] == 2
    assert graph.edges["nurture", "reach", "back"]["depth"] == 1
    assert graph.edges["convert", "(converted)", ""]["transitions"] == 2
    assert graph.nodes["nurture"]["falls"] == 1


def test_findings_are_the_published_table(shop: jl.Lab) -> None:
    """And the evidence of each runs where it stands."""
    findings = shop.graph_findings()

    assert findings.equals(shop.table("graph_findings"))
    shown = [shop.sql(query).row(0)[0] for query in findings["evidence"]]
    assert shown == pytest.approx(findings["figure"].to_list(), rel=1e-8)
