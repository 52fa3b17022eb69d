"""The floor of customers: rows of a few are merged into '(other)', and the sums stay."""

import polars as pl
import pytest

from journeylab.privacy import FLOORED, OTHER, apply_floor, floored
from journeylab.warehouse import Column, ensure, memory, read_models


def edges(*rows: tuple[str, str, str, int, int]) -> pl.DataFrame:
    """Edges of (part, from, to, transitions, customers), the other columns null."""
    model = read_models("marts")["marts.graph_edges"]
    with memory(threads=1) as warehouse:
        ensure(warehouse, "main.graph_edges", model.columns)
        empty = warehouse.table("main.graph_edges")
    told = pl.DataFrame(
        rows,
        schema=["part", "from_node", "to_node", "transitions", "customers"],
        orient="row",
    )
    return pl.concat([empty, told], how="diagonal_relaxed")


def shown(frame: pl.DataFrame, k: int = 3) -> tuple[list[tuple[object, ...]], int]:
    kept, hidden = floored(frame, "graph_edges", k=k)
    columns = ("part", "from_node", "to_node", "transitions", "customers")
    return kept.select(columns).rows(), hidden


def test_rows_under_k_are_merged_and_the_smallest_visible_one_joins_them():
    """Two edges of 1 and 2 customers could be of 2 in all: b -> c with 4 makes it sure."""
    kept = shown(
        edges(
            ("before", "a", "b", 50, 9),
            ("before", "a", "c", 1, 1),
            ("before", "b", "c", 6, 4),
            ("before", "c", "d", 2, 2),
        )
    )

    assert kept == ([("before", "a", "b", 50, 9), ("before", OTHER, OTHER, 9, 4)], 3)


def test_exactly_k_customers_stay_visible():
    """The border: k stays, k - 1 goes."""
    rows = [("before", "a", "b", 5, 3), ("before", "b", "c", 5, 3)]

    assert shown(edges(*rows)) == (rows, 0)
    assert shown(edges(*rows), k=4) == ([], 2)


def test_of_equal_ones_the_first_by_name_joins():
    """So that the same data hides the same rows on every night."""
    kept, hidden = shown(
        edges(
            ("before", "b", "x", 7, 5),
            ("before", "a", "x", 8, 5),
            ("before", "c", "x", 1, 1),
        )
    )

    assert kept == [("before", "b", "x", 7, 5), ("before", OTHER, OTHER, 9, 5)]
    assert hidden == 2


def test_parts_of_the_graph_do_not_lend_each_other_rows():
    """Nothing small before the goal: nothing is merged there."""
    kept, hidden = shown(
        edges(
            ("before", "a", "b", 5, 5),
            ("after", "a", "b", 5, 5),
            ("after", "a", "c", 1, 1),
            ("after", "a", "d", 4, 4),
        )
    )

    assert kept == [
        ("before", "a", "b", 5, 5),
        ("after", "a", "b", 5, 5),
        ("after", OTHER, OTHER, 5, 4),
    ]
    assert hidden == 2


def test_nothing_is_shown_where_no_row_has_k_customers():
    """Not even the sum: it would be of fewer than k."""
    assert shown(edges(("before", "a", "b", 2, 2))) == ([], 1)
    assert shown(edges()) == ([], 0)


@pytest.mark.parametrize("table", sorted(FLOORED))
def test_every_rule_fits_its_table_and_keeps_the_sums(table):
    """Built from the header, so that a renamed column is found here; the merged row fits too."""
    model = read_models("marts")[f"marts.{table}"]
    rule = FLOORED[table]
    assert {*rule.names, *rule.sums, *rule.within, *rule.last} <= {c.name for c in model.columns}
    with memory(threads=1) as warehouse:
        ensure(warehouse, f"main.{table}", model.columns)
        for customers in (1, 6, 9):
            _insert_row(warehouse, table, model.columns, customers)
        before = {name: warehouse.scalar(f"select sum({name}) from {table}") for name in rule.sums}

        told = apply_floor(warehouse, k=5)

        after = {name: warehouse.scalar(f"select sum({name}) from {table}") for name in rule.sums}
        assert told == {"k_floor": 5, "hidden_rows": 2}
        assert after == before
        name = rule.names[0]
        assert warehouse.rows(f"select {name}, customers from {table} order by customers") == [
            (OTHER, 6),
            (warehouse.scalar(f"select max({name}) from {table} where customers = 9"), 9),
        ]


def test_resampled_moves_do_not_tell_an_edge_that_is_hidden():
    """In no replicate; the moves of edges that are shown stay."""
    tables = read_models("marts")
    told = [("a", "b", 9), ("a", "c", 1), ("b", "c", 6), ("c", "d", 2)]
    shown_edges = edges(*(("before", one, other, 50, n) for one, other, n in told))
    with memory(threads=1) as warehouse, warehouse.given("told_edges", shown_edges):
        for table in ("graph_edges", "resampled_moves"):
            ensure(warehouse, f"main.{table}", tables[f"marts.{table}"].columns)
        warehouse.execute("insert into graph_edges by name from told_edges")
        warehouse.execute(
            "insert into resampled_moves by name select from_node, to_node, replicate, transitions"
            " from graph_edges cross join generate_series(2) as drawn (replicate)"
        )

        told = apply_floor(warehouse, k=5)

        assert told == {"k_floor": 5, "hidden_rows": 3}
        assert warehouse.rows(
            "select from_node, to_node, count(*) from resampled_moves group by all"
        ) == [("a", "b", 3)]


def _insert_row(warehouse, table: str, columns: tuple[Column, ...], customers: int) -> None:
    kinds = {"varchar": "'x'", "varchar[]": "['x', 'y']", "boolean": "false", "timestamp": "null"}
    within = FLOORED[table].within
    values = ", ".join(
        str(customers)
        if column.name == "customers"
        else "7"
        if column.name in within and column.type == "integer"
        else kinds.get(column.type, str(customers + 1))
        for column in columns
    )
    warehouse.execute(f"insert into {table} values ({values})")
