"""Parts of tables: their values come back as they left, in the order a table built here has."""

import pytest

from journeylab.pipeline import LAYERS
from journeylab.pipeline.distributing import SORTED_OVER_ALL, order_of
from journeylab.warehouse import Column, content_hash, memory, read_models, read_part, write_part

KNOWN = {name: model for layer in LAYERS for name, model in read_models(layer).items()}
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
def test_marts_are_sorted_anew_where_customers_came_later(model):
    """By what their own query sorts by; a first build's parts and other tables stand in order."""
    with memory(threads=1) as warehouse:
        warehouse.execute("create schema identity")
        warehouse.execute(
            "create table identity.customers as"
            " select * from (values (0, 'ana'), (1, 'cleo')) as told(customer_key, customer_id)"
        )
        first = order_of(warehouse, model)
        warehouse.execute("insert into identity.customers values (2, 'ben')")
        later = order_of(warehouse, model)

        assert (first, order_of(warehouse, KNOWN["core.steps"])) == ((), ())
    if model.name != SORTED_OVER_ALL:
        own = model.query.rpartition("order by")[2].split(",")
        assert later == tuple(name.strip().split(".")[1] for name in own)


def test_parts_are_read_as_they_stand_or_sorted(tmp_path):
    """Rows without a value come last, as in every table."""
    columns = (Column("told", "integer", ""),)
    files = [tmp_path / "0.parquet", tmp_path / "1.parquet"]
    with memory(threads=1) as warehouse:
        for path, rows in zip(files, ("(1), (3)", "(2), (null)"), strict=True):
            warehouse.execute(f"create or replace table main.one as from (values {rows}) t(told)")
            write_part(warehouse, "main.one", columns, path)

        read_part(warehouse, "main.stands", columns, files)
        read_part(warehouse, "main.anew", columns, files[::-1], ["told"])

        assert warehouse.rows("from main.stands") == [(1,), (3,), (2,), (None,)]
        assert warehouse.rows("from main.anew") == [(1,), (2,), (3,), (None,)]


def test_every_type_of_such_tables_is_known_to_come_back():
    """A new type in a header is tried above before it is let in here."""
    of_customers = [model for model in KNOWN.values() if model.scope == "customer"]
    models = [model for model in of_customers if model.name != SORTED_OVER_ALL]
    names = {*(model.name for model in models), *(n for model in models for n in model.reads)}
    kinds = {column.type for name in names & KNOWN.keys() for column in KNOWN[name].columns}

    plain = {"bigint", "boolean", "integer", "varchar", "varchar[]"}
    shaped = {"decimal(18,4)", "decimal(38,4)", "struct(kind varchar, value varchar)[]"}
    tried = {
        "date", "decimal(18,8)", "decimal(38,6)", "double", "hugeint", "json", "timestamp",
        "ubigint", "usmallint", "usmallint[]",
        "struct(walk usmallint[], first_step integer, last_step integer)[]",
    }  # fmt: skip
    assert kinds <= plain | shaped | tried
