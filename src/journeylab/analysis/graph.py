"""Node and edge tables -> the transition graph and figures of its nodes. Pure functions, no I/O."""

from collections.abc import Iterable
from typing import Any, Final

import networkx as nx
import polars as pl

from journeylab.analysis.betweenness import betweenness
from journeylab.analysis.statistics import significant

START: Final = "(start)"
CONVERTED: Final = "(converted)"
DROPPED: Final = "(dropped)"
BRACKETED: Final = (START, CONVERTED, DROPPED, "(open)", "(end)")

DAMPING: Final = 0.85
#: Edges walked by a smaller share of the settled journeys do not join circles.
MIN_CIRCLE_SHARE: Final = 0.01

_ROOTS: Final = {"before": START, "after": CONVERTED}
_FLOW_SCHEMA: Final = {
    "part": pl.String,
    "node": pl.String,
    "pagerank": pl.Float64,
    "betweenness": pl.Float64,
    "component": pl.String,
    "is_dominator": pl.Boolean,
}


def journey_graph(nodes: pl.DataFrame, edges: pl.DataFrame, *, part: str = "before") -> nx.DiGraph:
    """The transition graph of one part of the journeys.

    Args:
        nodes: one row per (part, node), as ``graph.nodes`` or the published ``graph_nodes``.
        edges: one row per (part, from_node, to_node), as ``graph.edges`` or ``graph_edges``.
        part: ``before`` or ``after`` the goal.

    Returns:
        Nodes sorted by name and edges by (from, to); every other column is an attribute.
        Empty when the part holds nothing.
    """
    graph = nx.DiGraph(part=part)
    for row in nodes.filter(part=part).drop("part").sort("node").iter_rows(named=True):
        graph.add_node(row.pop("node"), **row)
    in_order = edges.filter(part=part).drop("part").sort("from_node", "to_node")
    for row in in_order.iter_rows(named=True):
        graph.add_edge(row.pop("from_node"), row.pop("to_node"), **row)
    return graph


def stages_graph(nodes: pl.DataFrame, edges: pl.DataFrame) -> nx.MultiDiGraph:
    """The graph between stages before the goal; the key of an edge is its direction, '' for none.

    Args:
        nodes: one row per node, as ``stage_nodes``.
        edges: one row per (from_stage, to_stage, direction), as ``stage_edges``.

    Returns:
        Nodes and edges in the order of the tables; every column but their ends is an attribute.
    """
    graph = nx.MultiDiGraph()
    for row in nodes.iter_rows(named=True):
        graph.add_node(row.pop("node"), **row)
    for row in edges.iter_rows(named=True):
        ends = row.pop("from_stage"), row.pop("to_stage")
        graph.add_edge(*ends, key=row["direction"] or "", **row)
    return graph


def node_flow(nodes: pl.DataFrame, edges: pl.DataFrame, touchpoints: pl.DataFrame) -> pl.DataFrame:
    """Figures that need the whole graph, one row per node; all over settled journeys.

    Args:
        nodes: as ``graph.nodes``.
        edges: as ``graph.edges``.
        touchpoints: as ``core.touchpoints``; its goals and losses are no dominators.

    Returns:
        Per (part, node) in the order of parts (before, after) and names: ``pagerank``,
        ``betweenness``, ``component`` and ``is_dominator``. A node without settled visits
        has nulls only.
    """
    excluded = set(touchpoints.filter(pl.col("is_goal") | pl.col("is_loss"))["touchpoint"])
    rows: list[dict[str, Any]] = []
    for part in ("before", "after"):
        graph = journey_graph(nodes, edges, part=part)
        settled = settled_graph(graph)
        ranks = pagerank(settled, root=_ROOTS[part])
        between = betweenness(settled)
        circles = components(settled, root=_ROOTS[part])
        gates = dominators(settled) if part == "before" else None
        for node in graph:
            is_candidate = node in settled and node not in BRACKETED and node not in excluded
            rows.append(
                {
                    "part": part,
                    "node": node,
                    "pagerank": significant(ranks.get(node)),
                    "betweenness": significant(between.get(node)),
                    "component": circles.get(node),
                    "is_dominator": node in gates if gates is not None and is_candidate else None,
                }
            )
    return pl.DataFrame(rows, schema=_FLOW_SCHEMA)


def pagerank(graph: nx.DiGraph, *, root: str) -> dict[str, float]:
    """Share of time a walker spends at each node who starts anew at ``root``.

    The walker follows the settled transitions with probability 0.85 and else, or where
    nothing leads on, restarts at the root.

    Args:
        graph: edge attribute ``transitions_settled``, all positive.
        root: ``(start)``, or ``(converted)`` for the part after the goal.

    Returns:
        node -> share; they sum to 1. Empty when the root is not in the graph.

    Source:
        Page, Brin, Motwani, Winograd: The PageRank citation ranking (1999), with all
        restarts at one node.
    """
    if root not in graph:
        return {}
    ranks: dict[str, float] = nx.pagerank(
        graph,
        alpha=DAMPING,
        personalization={root: 1},
        weight="transitions_settled",
        max_iter=1000,
        tol=1e-13,
    )
    return ranks


def components(graph: nx.DiGraph, *, root: str, share: float = MIN_CIRCLE_SHARE) -> dict[str, str]:
    """The places people circle in: strongly connected over edges that matter.

    Args:
        graph: edge attribute ``journeys_settled``; node attribute ``visits_settled``.
        root: node whose out-flow counts the journeys.
        share: of the journeys, that must have made an edge for it to matter.

    Returns:
        touchpoint -> most visited touchpoint of its component, ties by name; components of
        one touchpoint are left out.
    """
    if root not in graph:
        return {}
    limit = share * graph.out_degree(root, weight="transitions_settled")
    busy = nx.DiGraph(
        (source, target)
        for source, target, journeys in graph.edges(data="journeys_settled")
        if journeys >= limit
    )
    names: dict[str, str] = {}
    for members in nx.strongly_connected_components(busy):
        if len(members) > 1:
            name = min(members, key=lambda node: (-graph.nodes[node]["visits_settled"], node))
            names.update(dict.fromkeys(members, name))
    return names


def dominators(graph: nx.DiGraph) -> tuple[str, ...] | None:
    """Nodes that every way of the graph from (start) to (converted) passes.

    Returns:
        The nodes without (start), in the order they are passed, (converted) last; None when
        no journey converted.

    Source:
        Cooper, Harvey, Kennedy: A simple, fast dominance algorithm (2001).
    """
    if START not in graph or CONVERTED not in graph:
        return None
    immediate = nx.immediate_dominators(graph, START)
    gates: list[str] = []
    node = immediate[CONVERTED]
    while node is not None and node != START:
        gates.append(node)
        node = immediate[node]
    return (*reversed(gates), CONVERTED)


def settled_graph(graph: nx.DiGraph) -> nx.DiGraph:
    """The edges that settled journeys took, and the nodes they touch.

    Returns:
        A new graph with the attributes of the given one; edges have ``distance`` too, which
        is 1 ÷ their settled transitions.
    """
    settled = nx.DiGraph()
    edges: Iterable[tuple[str, str, dict[str, Any]]] = graph.edges(data=True)
    kept = [edge for edge in edges if edge[2]["transitions_settled"] > 0]
    touched = {source for source, _, _ in kept} | {target for _, target, _ in kept}
    settled.add_nodes_from((node, graph.nodes[node]) for node in graph if node in touched)
    for source, target, values in kept:
        settled.add_edge(source, target, **values, distance=1 / values["transitions_settled"])
    return settled
