"""Exported graphs open again in NetworkX with the same counts, whatever the names."""

import json
import math
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
from shop_frame import STAGES, frame, opened

from journeylab.errors import UnknownName
from journeylab.lab.graph_files import write_graph

FORMS = ("graphml", "gexf", "node-link")

HOSTILE = [
    "<b>&amp;\"'</b>",
    "]]>",
    "ünï 🛒",
    "a -> b",
    " blanks ",
    "line\nbreak\ttab",
]


def read(path: Path, form: str) -> nx.DiGraph:
    if form == "node-link":
        return nx.node_link_graph(json.loads(path.read_text(encoding="utf-8")))
    return {"graphml": nx.read_graphml, "gexf": nx.read_gexf}[form](path)


def edge(graph, source, target, transitions, **values):
    graph.add_edge(source, target, transitions=transitions, **values)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("part", ["before", "after"])
def test_a_graph_comes_back_with_its_counts(tmp_path: Path, form: str, part: str) -> None:
    """Nodes, edges, counts, flags and shares of both parts; what is unknown is not made up."""
    rows = frame(
        ana=[
            (0, "web:home"),
            (1, "web:product"),
            (2, "web:home"),
            (3, "purchase:completed"),
            (4, "chat:started"),
        ],
        ben=[(0, "web:product"), (1, "web:cart")],
    )
    with opened(rows, stages=STAGES) as lab:
        lab.export_graph(tmp_path / "file", form=form, part=part)
        graph = lab.graph(part)

    found = read(tmp_path / "file", form)

    assert found.is_directed()
    assert set(found) == set(graph)
    assert {ends: found.edges[ends]["transitions"] for ends in found.edges} == {
        ends: graph.edges[ends]["transitions"] for ends in graph.edges
    }
    for node, values in graph.nodes(data=True):
        known = {name: value for name, value in values.items() if value is not None}
        back = {name: found.nodes[node].get(name) for name in known}
        assert back == known
        assert [found.nodes[node].get(name) for name in values if values[name] is None] == [
            None
        ] * (len(values) - len(known))
    for source, target, values in graph.edges(data=True):
        assert found.edges[source, target]["weight"] == values["transitions"]
        assert found.edges[source, target]["value"] == float(values["value"])


@pytest.mark.parametrize("form", FORMS)
def test_hostile_names_survive(tmp_path: Path, form: str) -> None:
    """Markup, line breaks, blanks and emoji in names and labels."""
    graph = nx.DiGraph()
    for number, name in enumerate(HOSTILE):
        graph.add_node(name, label=name, visits=number)
        edge(graph, name, HOSTILE[0], number)

    write_graph(graph, tmp_path / "file", form=form)

    found = read(tmp_path / "file", form)
    assert {node: values["label"] for node, values in found.nodes(data=True)} == {
        name: name for name in HOSTILE
    }
    assert found.edges[HOSTILE[2], HOSTILE[0]]["transitions"] == 2


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_what_xml_cannot_hold_is_spelled_out(tmp_path: Path, form: str) -> None:
    """A bell and the text that spells it stay two nodes; other backslashes stay as they are."""
    graph = nx.DiGraph()
    for number, name in enumerate(["\a", "\\u0007", "C:\\users", "\r"]):
        edge(graph, "(start)", name, number)

    write_graph(graph, tmp_path / "file", form=form)

    found = read(tmp_path / "file", form)
    assert {
        node: found.edges["(start)", node]["transitions"] for node in found if "(" not in node
    } == {
        "\\u0007": 0,
        "\\u005cu0007": 1,
        "C:\\users": 2,
        "\\u000d": 3,
    }


@pytest.mark.parametrize("form", FORMS)
def test_unknown_and_endless_figures_and_money(tmp_path: Path, form: str) -> None:
    """None and NaN are no attribute of XML and null in JSON; decimals are floats."""
    graph = nx.DiGraph()
    edge(graph, "a", "b", 1, wait=None, share=math.nan, value=Decimal("12.5000"))

    write_graph(graph, tmp_path / "file", form=form)

    values = read(tmp_path / "file", form).edges["a", "b"]
    assert (values.get("wait"), values.get("share"), values["value"]) == (None, None, 12.5)
    assert ("wait" in values) == (form == "node-link")


@pytest.mark.parametrize("form", FORMS)
def test_equal_graphs_make_equal_files(tmp_path: Path, form: str) -> None:
    """No date of writing in it; an empty graph is a file too."""
    graph = nx.DiGraph()
    edge(graph, "a", "b", 1)
    for name in ("one", "two"):
        write_graph(graph, tmp_path / name, form=form)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    write_graph(nx.DiGraph(), tmp_path / "none", form=form)
    assert len(read(tmp_path / "none", form)) == 0


def test_gexf_declares_what_gephi_reads(tmp_path: Path) -> None:
    """Version 1.2, directed, every attribute declared with a type of the format."""
    graph = nx.DiGraph(part="before")
    graph.add_node("a", label="A", visits=1, reach=0.5, is_dominator=True)
    edge(graph, "a", "b", 3)

    write_graph(graph, tmp_path / "file", form="gexf")

    root = ElementTree.parse(tmp_path / "file").getroot()
    space = {"g": "http://www.gexf.net/1.2draft"}
    assert root.get("version") == "1.2"
    assert [one.get("defaultedgetype") for one in root.findall("g:graph", space)] == ["directed"]
    declared = {one.get("title"): one.get("type") for one in root.iterfind(".//g:attribute", space)}
    assert declared == {
        "visits": "long",
        "reach": "double",
        "is_dominator": "boolean",
        "transitions": "long",
    }
    assert [one.get("label") for one in root.iterfind(".//g:node", space)] == ["A", "b"]
    assert [one.get("weight") for one in root.iterfind(".//g:edge", space)] == ["3"]


def test_an_unknown_form_gets_the_nearest(tmp_path: Path) -> None:
    """And nothing is written."""
    with pytest.raises(UnknownName, match="did you mean 'graphml'"):
        write_graph(nx.DiGraph(), tmp_path / "file", form="graphxml")
    assert list(tmp_path.iterdir()) == []
