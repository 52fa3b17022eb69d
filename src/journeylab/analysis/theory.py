"""The transition graph -> groups, gates and places that stand out. Pure functions, no I/O."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import networkx as nx

from journeylab.analysis.graph import (
    BRACKETED,
    CONVERTED,
    MIN_CIRCLE_SHARE,
    START,
    components,
)

#: Shares of the settled journeys that must have made a move for it to join a circle.
SUPPORTS: Final = (0.2, 0.1, 0.05, 0.02, MIN_CIRCLE_SHARE)
#: Of the moves out of a community more than this share must stay inside.
MIN_INSIDE_SHARE: Final = 0.5

_GATE: Final = "gate"
_STRAIGHT: Final = "straight"


@dataclass(frozen=True, slots=True)
class Group:
    """Touchpoints that belong together, with the settled moves that say so."""

    touchpoints: tuple[str, ...]
    inside: int
    moves: int


@dataclass(frozen=True, slots=True)
class Gate:
    """A set of touchpoints that every way to the goal passes, goals aside.

    ``journeys`` counts a settled journey at each of them it reached; ``straight`` are those
    whose first step was the goal, which no touchpoint holds up.
    """

    touchpoints: tuple[str, ...]
    journeys: int
    straight: int


def circles(graph: nx.DiGraph) -> list[tuple[float, Group]]:
    """Places people circle in: where every touchpoint leads to every other.

    Args:
        graph: the settled graph with ``transitions_settled``, ``returns_settled`` and
            ``journeys_settled``.

    Returns:
        Per group the greatest of ``SUPPORTS`` at which its moves, each made by that share of
        the settled journeys, still hold it together; highest support first, then most
        returns. ``inside`` counts the moves among the touchpoints that go back to one seen
        before in the journey, ``moves`` all moves among them.
    """
    supports: dict[frozenset[str], float] = {}
    for support in SUPPORTS:
        members: dict[str, set[str]] = {}
        for touchpoint, name in components(graph, root=START, share=support).items():
            members.setdefault(name, set()).add(touchpoint)
        for group in members.values():
            supports.setdefault(frozenset(group), support)
    found = []
    for names, support in supports.items():
        within = [values for _, to, values in graph.edges(names, data=True) if to in names]
        returns = sum(values["returns_settled"] for values in within)
        moves = sum(values["transitions_settled"] for values in within)
        found.append((support, Group(_by_visits(graph, names), returns, moves)))
    return sorted(found, key=lambda one: (-one[0], -one[1].inside, one[1].touchpoints))


def communities(graph: nx.DiGraph, *, seed: int) -> list[Group]:
    """Touchpoints among which most moves stay, largest group of moves first.

    Louvain on the touchpoints alone; an edge weighs the settled moves between two different
    touchpoints, both ways together. A group counts where more than half of the moves out of
    its touchpoints to others lead to one of the group.

    Args:
        graph: the settled graph with ``transitions_settled``.
        seed: the run's seed; Louvain visits nodes in a shuffled order.

    Returns:
        ``inside`` counts the moves that stay, ``moves`` all moves out of its touchpoints to
        another touchpoint. Empty when the touchpoints fall into fewer than two groups.

    Source:
        Blondel, Guillaume, Lambiotte, Lefebvre: Fast unfolding of communities in large
        networks (2008); the condition is the weak community of Radicchi et al. (2004).
    """
    nodes = sorted(node for node in graph if node not in BRACKETED)
    place = {node: number for number, node in enumerate(nodes)}
    between = nx.Graph()
    between.add_nodes_from(range(len(nodes)))  # numbers: their order is that of the names
    moves: dict[tuple[str, str], int] = {}
    for source, target, count in sorted(graph.edges(data="transitions_settled")):
        if source in place and target in place and source != target:
            moves[source, target] = count
            pair = sorted((place[source], place[target]))
            weight = between.get_edge_data(*pair, default={"weight": 0})["weight"]
            between.add_edge(*pair, weight=weight + count)
    if not moves:
        return []
    groups = nx.community.louvain_communities(between, seed=seed)
    own = {nodes[number]: home for home, group in enumerate(groups) for number in group}
    out, inside = Counter[int](), Counter[int]()
    for (source, target), count in moves.items():
        out[own[source]] += count
        inside[own[source]] += count if own[source] == own[target] else 0
    found = [
        Group(_by_visits(graph, [nodes[n] for n in group]), inside[home], out[home])
        for home, group in enumerate(groups)
        if 1 < len(group) < len(nodes) and inside[home] > MIN_INSIDE_SHARE * out[home]
    ]
    return sorted(found, key=lambda group: (-group.moves, group.touchpoints))


def narrowest_gate(graph: nx.DiGraph, *, goals: Collection[str]) -> Gate | None:
    """The touchpoints, goals aside, that part start and goal and are reached least.

    A minimum cut: every way from (start) to (converted) passes one of them, and no other set
    with that property has been reached by fewer settled journeys in sum. Of equally narrow
    gates the one nearest to the goal. Touchpoints carry the capacity and moves none, for cut
    through moves the narrowest place is always the purchase itself: every buyer is one unit
    of flow, and those who dropped only widen what lies before.

    Args:
        graph: the settled graph; node attribute and, for moves from (start) to a goal, edge
            attribute ``journeys_settled``.
        goals: touchpoints that cannot be the gate.

    Returns:
        None when nobody converted or all began with the goal.

    Source:
        Ford, Fulkerson: Maximal flow through a network (1956), with nodes split in two.
    """
    if START not in graph or CONVERTED not in graph:
        return None
    split = nx.DiGraph()
    for node in graph:
        limit = {} if node in BRACKETED or node in goals else _capacity(graph.nodes[node])
        split.add_edge((_GATE, node, "in"), (_GATE, node, "out"), **limit)
    for source, target, values in graph.edges(data=True):
        if source == START and target in goals:
            split.add_edge((_GATE, source, "out"), (_STRAIGHT, target, ""), **_capacity(values))
            split.add_edge((_STRAIGHT, target, ""), (_GATE, target, "in"))
        else:
            split.add_edge((_GATE, source, "out"), (_GATE, target, "in"))
    _, (before, beyond) = nx.minimum_cut(split, (_GATE, START, "out"), (_GATE, CONVERTED, "in"))
    gate = [
        node for node in graph if (_GATE, node, "in") in before and (_GATE, node, "out") in beyond
    ]
    straight = sum(
        graph.edges[START, goal]["journeys_settled"]
        for goal in goals
        if graph.has_edge(START, goal)
    )
    if not gate:
        return None
    journeys = sum(graph.nodes[node]["journeys_settled"] for node in gate)
    return Gate(_by_visits(graph, gate), journeys, straight)


def _capacity(values: dict[str, int]) -> dict[str, int]:
    return {"capacity": values["journeys_settled"]}


def _by_visits(graph: nx.DiGraph, touchpoints: Collection[str]) -> tuple[str, ...]:
    """Most visited first, ties by name."""
    return tuple(sorted(touchpoints, key=lambda t: (-graph.nodes[t]["visits_settled"], t)))
