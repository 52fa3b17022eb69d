"""Tables of paths -> the same without rows of a few customers: they are merged into '(other)'."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import networkx as nx
import polars as pl

from journeylab.warehouse import Warehouse
from journeylab.warehouse.connection import quoted

#: What a merged row is called.
OTHER: Final = "(other)"


@dataclass(frozen=True, slots=True)
class Rule:
    """How the rows of one table merge.

    Attributes:
        names: columns that say what a row is of; in the merged row they read '(other)'.
        sums: columns whose sum over the table stays. A journey with two merged rows counts
            twice in them, as it does in the sum over the rows themselves.
        within: rows merge with those alike in these columns only.
        last: columns that count or accumulate over the rows: the merged row gets the greatest.
    """

    names: tuple[str, ...]
    sums: tuple[str, ...]
    within: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


#: The tables of paths, which are so fine that a row may be a single customer's.
FLOORED: Final[Mapping[str, Rule]] = {
    "graph_edges": Rule(
        names=("from_node", "to_node"),
        sums=(
            *("transitions", "transitions_settled", "journeys", "journeys_settled"),
            *("returns", "returns_settled", "bounces", "bounces_settled"),
        ),
        within=("part",),
    ),
    "stage_edges": Rule(
        names=("from_stage", "to_stage", "direction"),
        sums=("transitions", "transitions_settled", "journeys", "journeys_settled"),
    ),
    "loops": Rule(
        names=("loop", "touchpoints", "entered_touchpoint"),
        sums=("occurrences", "journeys", "steps_spent", "seconds_spent", "journeys_with"),
    ),
    "ping_pong": Rule(
        names=("touchpoint", "other_touchpoint", "entered_touchpoint"),
        sums=("bounces", "journeys", "journeys_with"),
    ),
    "variants": Rule(
        names=("path", "touchpoints"),
        sums=("journeys", "journey_share", "journeys_settled", "converted"),
        last=("variant_number", "cumulative_share"),
    ),
    "drop_off_paths": Rule(
        names=("path",), sums=("journeys", "exits"), within=("touchpoint",), last=("rank",)
    ),
    "deviations": Rule(
        names=("kind", "touchpoint"), sums=("occurrences", "journeys"), last=("rank",)
    ),
    "rework": Rule(
        names=("rework", "from_channel", "to_channel"),
        sums=("contacts", "journeys"),
        within=("part",),
    ),
    "archetypes": Rule(
        names=("label", "touchpoints", "path"),
        sums=("journeys", "journey_share", "converted"),
        last=("archetype_number",),
    ),
    "archetype_steps": Rule(
        names=("from_node", "to_node"),
        sums=("transitions",),
        within=("archetype_number",),
        last=("move_rank",),
    ),
}


def floored(frame: pl.DataFrame, table: str, *, k: int) -> tuple[pl.DataFrame, int]:
    """Merge the rows under ``k`` customers into one row '(other)', so that the sums stay.

    How many different customers stand behind several rows is not known from the rows; at
    least as many as behind the greatest. So the row that is smallest among the visible ones
    always joins the hidden ones: with it, '(other)' has ``k`` customers for certain.

    Args:
        frame: rows of the table, with ``customers`` and all columns of its rule.
        table: a key of ``FLOORED``.
        k: least customers of a row.

    Returns:
        The visible rows in their order, with '(other)' after those it is within, and how many
        rows were merged. ``customers`` of '(other)' is what it has at least; what is no sum is
        null. Where no row has ``k`` customers, nothing is shown of them.

    Source:
        Sweeney: k-anonymity, a model for protecting privacy (2002), by suppression of rows.
    """
    rule = FLOORED[table]
    if not rule.within:
        return _merged(frame, rule, k)
    parts, hidden = [frame.clear()], 0
    for _, rows in frame.group_by(*rule.within, maintain_order=True):
        part, merged = _merged(rows, rule, k)
        parts.append(part)
        hidden += merged
    return pl.concat(parts), hidden


def floored_graph(graph: nx.DiGraph, *, k: int) -> tuple[nx.DiGraph, int]:
    """The graph of one part with its edges under ``k`` customers merged into '(other)'.

    Args:
        graph: edges with the columns of ``graph_edges`` as attributes, nodes with ``customers``.
        k: least customers of an edge or node.

    Returns:
        A copy whose nodes have ``k`` customers too, with one edge from '(other)' to '(other)',
        and how many edges were merged.
    """
    rows = [
        {"part": "", **values, "from_node": left, "to_node": right}
        for left, right, values in graph.edges(data=True)
    ]
    if not rows:
        return graph.copy(), 0
    shown, hidden = floored(pl.DataFrame(rows, infer_schema_length=None), "graph_edges", k=k)
    kept = graph.copy()
    kept.clear_edges()
    small = [node for node, values in graph.nodes(data=True) if values.get("customers", k) < k]
    kept.remove_nodes_from(small)
    for row in shown.drop("part").to_dicts():
        kept.add_edge(row.pop("from_node"), row.pop("to_node"), **row)
    return kept, hidden


def apply_floor(warehouse: Warehouse, *, k: int) -> dict[str, Any]:
    """Lay the floor over every table of paths that stands in a database.

    Args:
        warehouse: an open copy of a snapshot; its tables of paths are replaced.
        k: least customers of a row.

    Returns:
        ``k_floor`` and ``hidden_rows``, as the manifest tells them.
    """
    hidden = 0
    there = {name.removeprefix("main.") for name in warehouse.table_names()}
    for table in sorted(there & FLOORED.keys()):
        if "customers" not in warehouse.columns(table):
            continue
        shown, merged = floored(warehouse.table(table), table, k=k)
        if merged:
            with warehouse.transaction(), warehouse.given("floored_rows", shown):
                warehouse.execute(f"delete from {quoted(table)}")
                warehouse.execute(f"insert into {quoted(table)} by name from floored_rows")
            hidden += merged
    if {"graph_edges", "resampled_moves"} <= there:
        _hide_resampled(warehouse)
    return {"k_floor": k, "hidden_rows": hidden}


def _hide_resampled(warehouse: Warehouse) -> None:
    """Let the resampled moves go whose edge is not shown: they would tell it by its name."""
    warehouse.execute(
        "delete from resampled_moves where (from_node, to_node) not in"
        " (select (from_node, to_node) from graph_edges where part = 'before')"
    )


def _merged(rows: pl.DataFrame, rule: Rule, k: int) -> tuple[pl.DataFrame, int]:
    is_small = pl.col("customers") < k
    small, shown = rows.filter(is_small), rows.filter(~is_small)
    if small.is_empty():
        return rows, 0
    if shown.is_empty():
        return rows.clear(), small.height
    names = [name for name in rule.names if name in rows.columns]
    place = "row_of_the_table"
    ranked = shown.with_row_index(place).sort("customers", *names, nulls_last=True)
    joining = ranked.head(1)
    visible = ranked.slice(1).sort(place).drop(place)
    merged = pl.concat([small, joining.drop(place)])
    return pl.concat([visible, _other(merged, rule)]), merged.height


def _other(merged: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """One row for all of them."""
    columns = []
    for name, kind in merged.schema.items():
        column = pl.lit(None, dtype=kind)
        if name in rule.names:
            told = pl.lit(OTHER, dtype=pl.String)
            column = pl.concat_list(told) if isinstance(kind, pl.List) else told
        elif name in rule.within:
            column = pl.col(name).first()
        elif name in rule.sums:
            column = pl.col(name).sum().cast(kind)
        elif name in rule.last or name == "customers":
            column = pl.col(name).max()
        elif name == "is_insufficient":
            column = pl.col("customers").max() < 30
        columns.append(column.alias(name))
    return merged.select(columns)
