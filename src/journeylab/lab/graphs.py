"""Graphs and their tables: the published ones, or those of some journeys by the same models."""

import networkx as nx
import polars as pl
from sqlglot import exp

from journeylab.analysis.graph import journey_graph, stages_graph
from journeylab.lab.chosen import tables_of
from journeylab.warehouse import Warehouse

#: The journeys to count; None for all, as published.
Journeys = exp.Query | None


def table(snapshot: Warehouse, name: str, journeys: Journeys) -> pl.DataFrame:
    """One graph table as published, or over some journeys.

    Args:
        snapshot: opened for reading.
        name: ``graph_nodes``, ``graph_edges``, ``stage_nodes`` or ``stage_edges``.
        journeys: query of the journeys to count; None for the published table.
    """
    return _tables(snapshot, journeys, name)[0]


def transition_graph(snapshot: Warehouse, journeys: Journeys, *, part: str) -> nx.DiGraph:
    """The graph of touchpoints, all columns as attributes; see ``Lab.graph``."""
    nodes, edges = _tables(snapshot, journeys, "graph_nodes", "graph_edges")
    return journey_graph(nodes, edges, part=part)


def stage_graph(snapshot: Warehouse, journeys: Journeys) -> nx.MultiDiGraph:
    """The graph of stages before the goal; see ``Lab.stage_graph``."""
    return stages_graph(*_tables(snapshot, journeys, "stage_nodes", "stage_edges"))


def _tables(snapshot: Warehouse, journeys: Journeys, *names: str) -> list[pl.DataFrame]:
    if journeys is None:
        return [snapshot.table(f"main.{name}") for name in names]
    found = tables_of(snapshot, journeys, names)
    return [found[name] for name in names]
