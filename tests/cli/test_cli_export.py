"""``journeylab export graph``: the current snapshot's graph as a file."""

import networkx as nx
import pytest

from journeylab.warehouse import publish, read_models
from lake import Lake
from shelf import INFO

DAY = 24 * 60
TABLES = ("graph_nodes", "graph_edges", "journeys", "steps", "touchpoints", "stages")


@pytest.fixture(autouse=True)
def shop(tmp_path):
    """Ana buys, Ben comes by e-mail and leaves."""
    models = {f"marts.{name}": read_models("marts")[f"marts.{name}"] for name in TABLES}
    with Lake() as lake:
        lake.given(
            ana=[(0, "web:home"), (1, "web:cart"), (2, "purchase:completed")],
            ben=[(0, "email:click"), (1, "web:cart")],
            zoe=[(200 * DAY, "web:about")],
        )
        lake.build(*models)
        publish(
            lake.warehouse,
            models,
            published=tmp_path / "var" / "published",
            run_id="20260301",
            info=INFO,
            keep=7,
        )


def test_the_graph_is_written_whole(typed, tmp_path):
    """GraphML of the part before the goal unless told otherwise."""
    code, out, _ = typed("export", "graph", "--output", "graph.graphml")

    assert (code, out) == (0, "7 nodes and 7 edges written to graph.graphml\n")
    graph = nx.read_graphml(tmp_path / "graph.graphml")
    assert graph.edges["(start)", "web:home"]["transitions"] == 1
    assert graph.nodes["web:cart"]["visits"] == 2


def test_some_journeys_in_another_form(typed, tmp_path):
    """Those that came by e-mail, as GEXF."""
    where = "entry_channel = 'email'"
    code, _, _ = typed(
        "export", "graph", "--format", "gexf", "--where", where, "--output", "g.gexf"
    )

    assert code == 0
    assert sorted(nx.read_gexf(tmp_path / "g.gexf")) == [
        "(dropped)",
        "(start)",
        "email:click",
        "web:cart",
    ]


def test_a_wrong_condition_or_form_is_wrong_usage(typed, tmp_path):
    """Exit code 2, the nearest column named, no file."""
    code, _, err = typed("export", "graph", "--where", "outcme = 'lost'", "--output", "g")

    assert code == 2
    assert "did you mean 'outcome'?" in err
    assert not (tmp_path / "g").exists()


def test_edges_of_few_customers_are_merged_where_a_floor_is_set(typed, tmp_path):
    """Two go from the cart to an end of their own each: every edge is one customer's."""
    (tmp_path / "journeylab.toml").write_text("[privacy]\nk_floor = 2\n")

    code, out, _ = typed("export", "graph", "--output", "graph.graphml")

    assert code == 0
    assert out.endswith("; 7 edges of fewer than 2 customers merged\n")
    graph = nx.read_graphml(tmp_path / "graph.graphml")
    assert set(graph.nodes) == {"(start)", "web:cart"}
    assert graph.number_of_edges() == 0
