"""Rows of touched customers on their benches: lent to tables of sums, given back when unread."""

import pytest

from journeylab.pipeline.former import Former, customer_readers, summed, sums_over
from journeylab.pipeline.steps import LAYERS
from journeylab.warehouse import Bench, memory, read_models

MODELS = {name: model for layer in LAYERS for name, model in read_models(layer).items()}


def steps(customers, place):
    """Query of one step of each customer, whose part tells where it lies."""
    columns = {column.name: f"null::{column.type}" for column in MODELS["core.steps"].columns}
    columns |= {"customer_key": f"unnest({customers})", "part": f"'{place}'"}
    return "select " + ", ".join(f"{told} as {name}" for name, told in columns.items())


@pytest.fixture
def side():
    """A side of a bench beside a warehouse: customers 1 and 2, whose steps lie there."""
    with memory() as warehouse:
        warehouse.execute("create schema ops; create schema core")
        warehouse.execute("create table ops.built (table_name varchar, fingerprint varchar)")
        warehouse.execute(f"create table core.steps as {steps([3], 'stored')}")
        bench = Bench(warehouse).side("1_2")
        bench.table("night.customers", "select unnest([1, 2]) as customer_key")
        bench.table("core.steps", steps([1, 2], "bench"))
        yield warehouse, bench


def test_a_table_stays_on_the_bench_until_all_that_are_made_of_it_are_built(side):
    """Whoever reads it last gives it back."""
    warehouse, bench = side
    former = Former(warehouse)
    readers = sorted(customer_readers()["core.steps"])
    seen = []
    for reader in readers:
        seen.append(bench.holds("core.steps"))
        former.lend(bench, MODELS[reader])

    assert len(readers) > 3
    assert seen == [True] * len(readers)
    assert not bench.holds("core.steps")
    assert bench.holds("night.customers")


def test_events_stay_while_rows_are_sought_by_them():
    """Whose rows of ``staging.events`` they are is told by ``core.events``."""
    reads = {name for name, model in MODELS.items() if "staging.events" in model.reads}
    customers = {name for name, model in MODELS.items() if model.scope == "customer"}

    assert reads & customers
    assert reads & customers <= customer_readers()["core.events"]


@pytest.mark.parametrize(("asked", "place"), [("1", "bench"), ("3", "stored"), ("1, 3", "stored")])
def test_rows_of_others_are_read_from_a_bench_that_holds_all_of_them(side, asked, place):
    """A bench that lacks one of the customers is none; then the stored table is read."""
    warehouse, bench = side
    former = Former(warehouse)
    former.lend(bench, MODELS["core.steps"])

    former.lay("fresh", "core.steps", f"select unnest([{asked}]) as customer_key")

    told = warehouse.rows(f"select distinct part from {former.bench.at('core.steps')}")
    assert told == [(place,)]


@pytest.mark.parametrize("name", sorted(sums_over()))
def test_sums_are_built_of_the_columns_their_queries_name(name):
    """No query of sums takes columns that it does not name, so no others are kept."""
    with memory() as warehouse:
        bench = Bench(warehouse)
        for sums in sums_over()[name]:
            for read in MODELS[sums].reads:
                columns = {column.name: column.type for column in MODELS[read].columns}
                kept = summed(read) if read in sums_over() else tuple(columns)
                told = ", ".join(f"null::{columns[column]} as {column}" for column in kept)
                bench.table(read, f"select {told} where false")
            params = dict.fromkeys(MODELS[sums].params) | {"tested_properties": []}
            bench.build(MODELS[sums], params)

            assert bench.rows(sums) == 0
