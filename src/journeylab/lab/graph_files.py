"""A graph -> a file that Gephi, Cytoscape and NetworkX open. Writes that one file."""

import json
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter

from journeylab.errors import InputRefused, UnknownName

GraphForm = Literal["graphml", "gexf", "node-link"]

#: Characters XML cannot hold, and a carriage return, which it does not keep; a backslash that
#: would read like one of them.
_NOT_IN_XML: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|\\(?=u[0-9a-f]{4})")


def write_graph(graph: nx.DiGraph, output: Path, *, form: str) -> None:
    r"""Write a graph with all its attributes.

    Edges get ``weight``, their transitions, which Gephi and Cytoscape draw by. Decimals are
    written as floats. What is not known is left out of GraphML and GEXF, which have no null,
    and is null in JSON. A character that XML cannot hold becomes ``\uXXXX``.

    Args:
        graph: edge attribute ``transitions``.
        output: the file; an older one is replaced.
        form: ``graphml``, ``gexf`` (1.2draft) or ``node-link`` (JSON, as NetworkX reads it).

    Raises:
        InputRefused: its folder is not there.
        UnknownName: there is no such form.
    """
    writers: dict[str, Callable[[nx.DiGraph], bytes]] = {
        "graphml": _graphml,
        "gexf": _gexf,
        "node-link": _node_link,
    }
    if form not in writers:
        raise UnknownName.of("form", form, "export of a graph", writers)
    if not output.parent.is_dir():
        raise InputRefused(
            f"there is no folder {str(output.parent)!r}", "Lab.export_graph", "make it first"
        )
    output.write_bytes(writers[form](graph))


def _graphml(graph: nx.DiGraph) -> bytes:
    lines = "\n".join(nx.generate_graphml(_for_xml(graph)))
    return f"<?xml version='1.0' encoding='utf-8'?>\n{lines}\n".encode()


def _gexf(graph: nx.DiGraph) -> bytes:
    writer = GEXFWriter(version="1.2draft")
    writer.add_graph(_for_xml(graph))
    # The day of writing: with it, equal graphs would make different files.
    del writer.xml.find("meta").attrib["lastmodifieddate"]
    return f"<?xml version='1.0' encoding='utf-8'?>\n{writer}\n".encode()


def _node_link(graph: nx.DiGraph) -> bytes:
    told = nx.node_link_data(_plain(graph, lambda text: text), edges="edges")
    return (json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _for_xml(graph: nx.DiGraph) -> nx.DiGraph:
    plain = _plain(graph, _readable)
    ends = [values for _, values in plain.nodes(data=True)]
    for values in [*ends, *(values for _, _, values in plain.edges(data=True))]:
        for name in [name for name, value in values.items() if value is None]:
            del values[name]
    return plain


def _plain(graph: nx.DiGraph, spelled: Callable[[str], str]) -> nx.DiGraph:
    """A copy whose attributes are texts, numbers, booleans and None."""
    plain = nx.DiGraph(**graph.graph)
    for node, values in graph.nodes(data=True):
        plain.add_node(spelled(node), **_plain_values(values, spelled))
    for source, target, values in graph.edges(data=True):
        weight = {"weight": values["transitions"]}
        ends = spelled(source), spelled(target)
        plain.add_edge(*ends, **weight, **_plain_values(values, spelled))
    return plain


def _plain_values(values: Mapping[str, Any], spelled: Callable[[str], str]) -> dict[str, Any]:
    return {name: _plain_value(value, spelled) for name, value in values.items()}


def _plain_value(value: Any, spelled: Callable[[str], str]) -> Any:  # noqa: ANN401 - any SQL value
    if isinstance(value, str):
        return spelled(value)
    if isinstance(value, Decimal):
        return float(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _readable(text: str) -> str:
    r"""Text with what XML cannot hold as \uXXXX; no two texts become one."""
    return _NOT_IN_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
