"""What graph theory finds in the journeys -> rows with a plain sentence and its evidence."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import networkx as nx
import polars as pl

from journeylab.analysis.graph import BRACKETED, START, dominators, journey_graph, settled_graph
from journeylab.analysis.statistics import significant
from journeylab.analysis.theory import Group, circles, communities, narrowest_gate

#: Hubs and crossings listed.
TOP: Final = 5
_NAMED: Final = 6  # most touchpoints a sentence names

_SCHEMA: Final[dict[str, pl.DataType]] = {
    "kind": pl.String(),
    "rank": pl.Int64(),
    "touchpoints": pl.List(pl.String()),
    "figure": pl.Float64(),
    "unit": pl.String(),
    "n": pl.Int64(),
    "customers": pl.Int64(),
    "sentence": pl.String(),
    "evidence": pl.String(),
}

Row = dict[str, Any]

_WALKED: Final = """\
select count(*) as journeys
from (
    select list_reduce(
        list_transform(list(steps.touchpoint order by steps.step_number), lambda name: [name]),
        lambda path, step: if(
            list_contains(path, step[1]), path[:list_position(path, step[1])], path || step
        )
    ) as path
    from steps
    inner join journeys
        on steps.customer_id = journeys.customer_id and steps.journey_id = journeys.journey_id
    where steps.part = 'before' and journeys.is_settled and journeys.outcome = 'converted'
    group by steps.customer_id, steps.journey_id
)
where path = [{names}]"""


def graph_findings(
    nodes: pl.DataFrame,
    edges: pl.DataFrame,
    flow: pl.DataFrame,
    walked: pl.DataFrame,
    touchpoints: pl.DataFrame,
    *,
    seed: int,
) -> pl.DataFrame:
    """What stands out in the graph of settled journeys before the goal.

    Args:
        nodes: as ``graph.nodes``.
        edges: as ``graph.edges``.
        flow: as ``analysis.node_flow``.
        walked: as ``graph.walked_paths``.
        touchpoints: as ``core.touchpoints``; goals and losses are no candidates.
        seed: the run's seed.

    Returns:
        Rows by kind and rank, each with its evidence: a query to a snapshot whose first
        value is the figure. ``customers`` is null where several touchpoints are named, but
        for walked paths. Empty when nothing is settled.
    """
    figures = nodes.join(flow, on=("part", "node"), how="left")
    graph = settled_graph(journey_graph(figures, edges))
    if START not in graph:
        return pl.DataFrame(schema=_SCHEMA)
    labels = dict(touchpoints.select("touchpoint", "label").iter_rows())
    goals = set(touchpoints.filter(pl.col("is_goal"))["touchpoint"])
    losses = set(touchpoints.filter(pl.col("is_loss"))["touchpoint"])
    candidates = [n for n in graph if n not in BRACKETED and n not in goals | losses]
    rows = [
        *_circles(graph, labels),
        *_unavoidable(graph, candidates, labels),
        *_gate(graph, goals, labels),
        *_walked_paths(walked, labels),
        *_communities(graph, labels, seed=seed),
        *_outstanding(graph, candidates, labels, kind="hub", measure="pagerank"),
        *_outstanding(graph, candidates, labels, kind="crossing", measure="betweenness"),
    ]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _circles(graph: nx.DiGraph, labels: dict[str, str]) -> Iterator[Row]:
    for rank, (support, group) in enumerate(circles(graph), start=1):
        told = (
            f"People circle between {_listed(group.touchpoints, labels)}, over moves that at"
            f" least {_percent(support)} of the journeys made: {group.inside:,} of"
            f" {group.moves:,} moves among them go back to a touchpoint already seen."
        )
        evidence = _moves(group, "sum(returns_settled)::bigint as returns", inside=True)
        figures = (group.inside, "returns", group.moves, None)
        yield _row("circling_place", rank, group.touchpoints, figures, told, evidence)


def _unavoidable(
    graph: nx.DiGraph, candidates: Sequence[str], labels: dict[str, str]
) -> Iterator[Row]:
    on_the_way = [node for node in dominators(graph) or () if node in candidates]
    settled = graph.nodes[START]["journeys_settled"]
    for rank, touchpoint in enumerate(on_the_way, start=1):
        values = graph.nodes[touchpoint]
        reached = values["journeys_settled"]
        told = (
            f"Every way to the goal passes {labels[touchpoint]}: no buyer avoids it."
            f" {reached:,} of {settled:,} settled journeys got there."
        )
        figures = (reached, "journeys", settled, values["customers_settled"])
        evidence = _node(touchpoint, "journeys_settled, is_dominator")
        yield _row("unavoidable_touchpoint", rank, [touchpoint], figures, told, evidence)


def _gate(graph: nx.DiGraph, goals: set[str], labels: dict[str, str]) -> Iterator[Row]:
    gate = narrowest_gate(graph, goals=goals)
    if gate is None:
        return
    settled = graph.nodes[START]["journeys_settled"]
    apart = (
        f"Apart from {gate.straight:,} journeys that began with the goal, every way to it"
        if gate.straight
        else "Every way to the goal"
    )
    at_each = ", counted at each" if len(gate.touchpoints) > 1 else ""
    told = (
        f"{apart} leads through {_listed(gate.touchpoints, labels, last='or')}, the narrowest"
        f" gate: {gate.journeys:,} of {settled:,} settled journeys got there{at_each}."
    )
    evidence = (
        "select sum(journeys_settled)::bigint as journeys from graph_nodes"
        f" where part = 'before' and node in ({_texts(gate.touchpoints)})"
    )
    figures = (gate.journeys, "journeys", settled, None)
    yield _row("narrowest_gate", 1, gate.touchpoints, figures, told, evidence)


def _walked_paths(walked: pl.DataFrame, labels: dict[str, str]) -> Iterator[Row]:
    for row in walked.sort("path_number").iter_rows(named=True):
        journeys, buyers, path = row["journeys"], row["buyers"], row["touchpoints"]
        told = (
            f"{journeys:,} of {buyers:,} settled buying journeys ({_percent(journeys / buyers)})"
            f" went, once loops are left out, {' -> '.join(labels[name] for name in path)}."
        )
        figures = (journeys, "journeys", buyers, row["customers"])
        evidence = _WALKED.format(names=_texts(path))
        yield _row("walked_path", row["path_number"], path, figures, told, evidence)


def _communities(graph: nx.DiGraph, labels: dict[str, str], *, seed: int) -> Iterator[Row]:
    for rank, group in enumerate(communities(graph, seed=seed), start=1):
        share = group.inside / group.moves
        told = (
            f"People move mostly among {_listed(group.touchpoints, labels)}: {_percent(share)} of"
            f" {group.moves:,} moves from one of them to another touchpoint stay among them."
        )
        within = f"sum(transitions_settled) filter (where to_node in ({_texts(group.touchpoints)}))"
        evidence = (
            _moves(group, f"{within} / sum(transitions_settled) as share_inside", inside=False)
            + f" and from_node != to_node and to_node not in ({_texts(BRACKETED)})"
        )
        figures = (share, "share", group.moves, None)
        yield _row("community", rank, group.touchpoints, figures, told, evidence)


def _outstanding(
    graph: nx.DiGraph,
    candidates: Sequence[str],
    labels: dict[str, str],
    *,
    kind: str,
    measure: str,
) -> Iterator[Row]:
    """The touchpoints with the greatest figure, as hubs or crossings."""
    ranked = sorted(candidates, key=lambda node: (-graph.nodes[node][measure], node))
    for rank, touchpoint in enumerate(ranked[:TOP], start=1):
        values = graph.nodes[touchpoint]
        share = values[measure]
        if share == 0:
            return
        told = {
            "pagerank": (
                f"The flow gathers at {labels[touchpoint]}: somebody who follows the moves, and"
                f" now and then starts anew, is there {_percent(share)} of the time."
            ),
            "betweenness": (
                f"{labels[touchpoint]} links the others: {_percent(share)} of the busiest ways"
                " between two other places run through it."
            ),
        }[measure]
        figures = (share, "share", values["visits_settled"], values["customers_settled"])
        yield _row(kind, rank, [touchpoint], figures, told, _node(touchpoint, measure))


def _row(
    kind: str,
    rank: int,
    touchpoints: Iterable[str],
    figures: tuple[float, str, int, int | None],
    sentence: str,
    evidence: str,
) -> Row:
    figure, unit, n, customers = figures
    return {
        "kind": kind,
        "rank": rank,
        "touchpoints": list(touchpoints),
        "figure": significant(float(figure)),
        "unit": unit,
        "n": n,
        "customers": customers,
        "sentence": sentence,
        "evidence": evidence,
    }


def _moves(group: Group, figure: str, *, inside: bool) -> str:
    names = _texts(group.touchpoints)
    query = f"select {figure} from graph_edges where part = 'before' and from_node in ({names})"
    return f"{query} and to_node in ({names})" if inside else query


def _node(touchpoint: str, columns: str) -> str:
    where = f"part = 'before' and node = {_texts([touchpoint])}"
    return f"select {columns} from graph_nodes where {where}"


def _texts(values: Iterable[str]) -> str:
    """Names as SQL texts, joined by commas."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def _listed(touchpoints: Sequence[str], labels: dict[str, str], *, last: str = "and") -> str:
    """Labels as a sentence lists them; of many, the first and how many more."""
    named = [labels[touchpoint] for touchpoint in touchpoints]
    if len(named) > _NAMED:
        named = [*named[: _NAMED - 1], f"{len(named) - _NAMED + 1} more"]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} {last} {named[-1]}"


def _percent(share: float) -> str:
    """Whole percents, below ten with one decimal where it is not 0."""
    number = 100 * share
    return f"{number:.0f} %" if number >= 9.95 else f"{number:.1f}".removesuffix(".0") + " %"
