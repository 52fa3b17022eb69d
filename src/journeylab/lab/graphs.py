"""Graphs and their tables: the published ones, or those of some journeys by the same models."""

import networkx as nx
import polars as pl

from journeylab.analysis.graph import journey_graph, stages_graph
from journeylab.lab.chosen import journeys_where, tables_of
from journeylab.warehouse import Warehouse


def table(snapshot: Warehouse, name: str, *, where: str | None = None) -> pl.DataFrame:
    """One graph table as published, or over the journeys that meet a condition.

    Args:
        snapshot: opened for reading.
        name: ``graph_nodes``, ``graph_edges``, ``stage_nodes`` or ``stage_edges``.
        where: condition in SQL over the columns of ``journeys``; None for the published one.
    """
    return _tables(snapshot, name, where=where)[0]


def transition_graph(
    snapshot: Warehouse, *, part: str = "before", where: str | None = None
) -> nx.DiGraph:
    """The graph of touchpoints, all columns as attributes; see ``Lab.graph``."""
    nodes, edges = _tables(snapshot, "graph_nodes", "graph_edges", where=where)
    return journey_graph(nodes, edges, part=part)


def stage_graph(snapshot: Warehouse, *, where: str | None = None) -> nx.MultiDiGraph:
    """The graph of stages before the goal; see ``Lab.stage_graph``."""
    return stages_graph(*_tables(snapshot, "stage_nodes", "stage_edges", where=where))


def _tables(snapshot: Warehouse, *names: str, where: str | None) -> list[pl.DataFrame]:
    if where is None:
        return [snapshot.table(f"main.{name}") for name in names]
    found = tables_of(snapshot, journeys_where(snapshot, where), names)
    return [found[name] for name in names]
