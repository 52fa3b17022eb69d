"""Connections: results read whole, faults in our words, private and read-only files."""

import polars as pl
import pytest

from journeylab.errors import QueryError
from journeylab.warehouse import memory, open_read_only, open_warehouse


def test_results_come_as_rows_a_value_or_a_frame():
    """None of them blocks the next statement."""
    with memory(threads=1) as warehouse:
        warehouse.execute("create schema shop")
        warehouse.execute("create table shop.x as from (values (1, 'a'), (2, null)) as v (n, t)")

        assert warehouse.rows("select n from shop.x where t = $t", {"t": "a"}) == [(1,)]
        assert warehouse.scalar("select count(*) from shop.x") == 2
        expected = pl.DataFrame({"n": [1, 2], "t": ["a", None]}, schema={"n": pl.Int32, "t": str})
        assert warehouse.frame("from shop.x where n < $n", {"n": 9}).equals(expected)
        assert warehouse.table("shop.x").equals(expected)
        assert warehouse.table_names() == ["shop.x"]


def test_a_transaction_is_rolled_back_by_a_fault():
    """What stood before the fault goes too, and the connection works on."""

    def insert_twice(warehouse):
        with warehouse.transaction():
            warehouse.execute("insert into x values (1)")
            warehouse.execute("insert into x values ('no number')")

    with memory(threads=1) as warehouse:
        warehouse.execute("create table x (n integer)")
        with pytest.raises(QueryError, match="no number"):
            insert_twice(warehouse)

        assert warehouse.rows("from x") == []


@pytest.mark.parametrize("method", ["execute", "rows", "frame", "scalar"])
def test_a_refused_statement_is_told_with_its_text(method):
    """DuckDB's message, then the statement on one line."""
    with memory(threads=1) as warehouse, pytest.raises(QueryError) as refused:
        getattr(warehouse, method)("select *\nfrom   nowhere")

    assert "nowhere does not exist" in str(refused.value)
    assert "statement: select * from nowhere" in str(refused.value)


def test_the_private_warehouse_is_private(tmp_path):
    """Mode 0600; missing folders are made."""
    file = tmp_path / "var/warehouse.duckdb"

    open_warehouse(file, spill=tmp_path / "var/spill", memory_limit="1GB", threads=1).close()

    assert file.stat().st_mode & 0o777 == 0o600


def test_a_read_only_connection_reaches_nothing_else(tmp_path):
    """No write, no other file, and the switch cannot be turned back."""
    file = tmp_path / "warehouse.duckdb"
    with open_warehouse(file, spill=tmp_path / "spill", memory_limit="1GB", threads=1) as made:
        made.execute("create table x as select 1 as n")

    with open_read_only(file) as opened:
        assert opened.rows("from x") == [(1,)]
        for refused in (
            "insert into x values (2)",
            "copy x to 'x.csv'",
            "attach 'y.duckdb'",
            "from read_text('/etc/hostname')",
            "set enable_external_access = true",
        ):
            with pytest.raises(QueryError):
                opened.execute(refused)


def test_a_file_that_is_no_database_is_told(tmp_path):
    """With its path."""
    file = tmp_path / "notes.duckdb"
    file.write_text("notes, many of them, and none is a database" * 100)

    with pytest.raises(QueryError, match=r"notes\.duckdb"):
        open_read_only(file)
