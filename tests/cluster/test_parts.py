"""Parts of tables: their values come back as they left, in the order a table built here has."""

import pytest

from journeylab.pipeline.distributing import SORTED_OVER_ALL
from journeylab.warehouse import Column, content_hash, memory, read_models, read_part, write_part

MARTS = [model for model in read_models("marts").values() if model.scope == "customer"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("hugeint", "12345678901234567890123456789"),
        ("ubigint", "18446744073709551615"),
        ("usmallint", "65535"),
        ("decimal(38,6)", "-12345678901234567890123456789012.123456"),
        ("decimal(18,8)", "1234567890.12345678"),
        ("double", "0.1"),
        ("timestamp", "'2026-03-02 02:15:00.123456'"),
        ("date", "'2026-03-02'"),
        ("json", """'{"b": [1, null], "a": "ü"}'"""),
        ("usmallint[]", "[]"),
        ("struct(walk usmallint[], first_step integer, last_step integer)[]", "[([1, 2], 1, 3)]"),
    ],
)
def test_values_come_back_as_they_left(tmp_path, kind, value):
    """The greatest and the finest of a type, and null."""
    columns = (Column("told", kind, ""),)
    with memory(threads=1) as warehouse:
        warehouse.execute(
            f"create table main.one as select {value}::{kind} as told union all select null"
        )
        write_part(warehouse, "main.one", columns, tmp_path / "one.parquet")

        read_part(warehouse, "main.other", columns, [tmp_path / "one.parquet"])

        assert warehouse.columns("main.other") == warehouse.columns("main.one")
        assert content_hash(warehouse, "main.other") == content_hash(warehouse, "main.one")


@pytest.mark.parametrize("model", MARTS, ids=lambda model: model.table)
def test_marts_are_sorted_by_the_numbers_of_customers(model):
    """So that parts, which are cut by these numbers, stand in order one after the other."""
    own = model.query.rpartition("order by")[2].split(",")
    first = own[0].strip().partition(".")[2]

    assert (first == "customer_key") == (model.name != SORTED_OVER_ALL)
