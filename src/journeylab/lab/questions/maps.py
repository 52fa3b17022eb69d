"""The transition graph, of touchpoints and of stages, whole or of some journeys."""

from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import polars as pl

from journeylab.lab import (
    graphs,
)
from journeylab.lab.choosing import Group
from journeylab.lab.explaining import question
from journeylab.lab.graph_files import GraphForm, write_graph
from journeylab.lab.walking import PARTS, refuse_unknown

if TYPE_CHECKING:
    from journeylab.lab.opening import Lab


@question
def graph(
    lab: "Lab",
    /,
    part: str = "before",
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> nx.DiGraph:
    """The transition graph: touchpoints and the bracketed nodes where journeys start and end.

    Args:
        part: ``before`` or ``after`` the goal.
        where: condition on columns of ``journeys``, for example
            ``"entry_channel = 'email'"``; the same models then count those journeys alone.
        segment: segment, name of one, or period (from, before) of the journeys' start.
        pattern: path pattern the journeys must fit.

    Returns:
        Nodes and edges with the columns of ``graph_nodes`` and ``graph_edges``.

    Raises:
        InputRefused: there is no such part, or a filter cannot be read.
        UnknownName: a filter names a column, segment or touchpoint that does not exist.
    """
    refuse_unknown("part", part, PARTS)
    journeys = lab._chosen(where, segment, pattern)
    return graphs.transition_graph(lab._warehouse, journeys, part=part)


@question
def nodes(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Nodes of the graph: ``graph_nodes``, or of some journeys as in ``graph``."""
    journeys = lab._chosen(where, segment, pattern)
    return graphs.table(lab._warehouse, "graph_nodes", journeys)


@question
def edges(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Edges of the graph: ``graph_edges``, or of some journeys as in ``graph``."""
    journeys = lab._chosen(where, segment, pattern)
    return graphs.table(lab._warehouse, "graph_edges", journeys)


@question
def stage_nodes(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Nodes between stages: ``stage_nodes``, or of some journeys as in ``graph``."""
    journeys = lab._chosen(where, segment, pattern)
    return graphs.table(lab._warehouse, "stage_nodes", journeys)


@question
def stage_edges(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> pl.DataFrame:
    """Moves between stages: ``stage_edges``, or of some journeys as in ``graph``."""
    journeys = lab._chosen(where, segment, pattern)
    return graphs.table(lab._warehouse, "stage_edges", journeys)


@question
def stage_graph(
    lab: "Lab",
    /,
    *,
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> nx.MultiDiGraph:
    """The graph between stages before the goal, one edge per direction.

    Args:
        where: condition on columns of ``journeys``.
        segment: segment, name of one, or period (from, before) of the journeys' start.
        pattern: path pattern the journeys must fit.

    Returns:
        Nodes and edges with the columns of ``stage_nodes`` and ``stage_edges``; the key
        of an edge is its direction, '' to and from bracketed nodes.
    """
    return graphs.stage_graph(lab._warehouse, lab._chosen(where, segment, pattern))


@question
def graph_findings(lab: "Lab", /) -> pl.DataFrame:
    """What graph theory finds, each with a sentence and its evidence: ``graph_findings``."""
    return lab.table("graph_findings")


@question
def export_graph(
    lab: "Lab",
    /,
    output: str | Path,
    *,
    form: GraphForm = "graphml",
    part: str = "before",
    where: str | None = None,
    segment: Group | None = None,
    pattern: str | None = None,
) -> None:
    """Write the transition graph to a file for Gephi, Cytoscape or NetworkX.

    Args:
        output: the file; an older one is replaced.
        form: ``graphml``, ``gexf`` or ``node-link`` (JSON).
        part: ``before`` or ``after`` the goal.
        where: condition on columns of ``journeys``.
        segment: segment, name of one, or period (from, before) of the journeys' start.
        pattern: path pattern the journeys must fit.

    Raises:
        InputRefused: there is no such part or folder, or a filter cannot be read.
        UnknownName: there is no such form.
    """
    graph = lab.graph(part, where=where, segment=segment, pattern=pattern)
    write_graph(graph, Path(output), form=form)
