"""Rows that the pictures of the transition graph share: which touchpoints, in which order."""

from typing import Any, Final

import polars as pl

from journeylab.figures.rows import need

NODE_COLUMNS: Final = {
    "part",
    "node",
    "label",
    "channel",
    "stage_rank",
    "visits",
    "journeys",
    "journeys_settled",
    "customers",
    "customers_settled",
}
EDGE_COLUMNS: Final = {
    "part",
    "from_node",
    "to_node",
    "transitions",
    "returns",
    "customers",
    "customers_settled",
    "share_out",
    "wait_p50_seconds",
}
NODES: Final = "Lab.table('graph_nodes')"
EDGES: Final = "Lab.table('graph_edges')"

_LAST: Final = 1_000_000  # rank of touchpoints without a stage


def touchpoints_of(nodes: pl.DataFrame, part: str) -> list[dict[str, Any]]:
    """Touchpoints of one part, by stage, then most visited first; those without a stage last.

    Raises:
        ValueError: the table lacks a column.
    """
    need(nodes, NODE_COLUMNS, NODES)
    rows = [row for row in nodes.to_dicts() if row["part"] == part and row["channel"] is not None]
    return sorted(
        rows,
        key=lambda row: (
            _LAST if row["stage_rank"] is None else row["stage_rank"],
            -row["visits"],
            row["node"],
        ),
    )


def start_of(nodes: pl.DataFrame, part: str) -> dict[str, Any]:
    """The node where the part starts: how many journeys and customers it is over."""
    name = "(start)" if part == "before" else "(converted)"
    found = [row for row in nodes.to_dicts() if row["part"] == part and row["node"] == name]
    return found[0] if found else dict.fromkeys(NODE_COLUMNS, 0)


def moves_of(edges: pl.DataFrame, part: str) -> list[dict[str, Any]]:
    """Edges of one part, in the order of the table.

    Raises:
        ValueError: the table lacks a column.
    """
    need(edges, EDGE_COLUMNS, EDGES)
    return [row for row in edges.to_dicts() if row["part"] == part]
