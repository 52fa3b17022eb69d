"""Tables of single customers, on what a nightly run left of the small shop."""

import shutil
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from night import Night, Shop

from journeylab.pipeline import lay_inputs, open_run, registry, take
from journeylab.pipeline.former import EVENTS
from journeylab.pipeline.passing import PASSINGS, WAITING, heeded, passed
from journeylab.pipeline.proof import compare
from journeylab.pipeline.steps import LAYERS
from journeylab.pipeline.sums import added
from journeylab.settings import Settings
from journeylab.warehouse import is_row_mart, place_of, read_models

BUCKETS = 3


@pytest.fixture
def copy(night: Night, shop: Shop, tmp_path: Path) -> Settings:
    """Settings of a copy of what the nightly run left; every customer is proved."""
    shutil.copytree(night.settings.paths.var, tmp_path / "var", symlinks=True)
    return shop(tmp_path, checks={"proof_share": 1.0})


def test_a_table_of_single_customers_is_the_same_built_by_buckets(copy):
    """Its header says it needs the rows of one customer alone: then parts make up the whole."""
    customers = [
        step.model
        for step in registry(copy)
        if step.model is not None and step.model.scope == "customer"
    ]
    differing = {}
    with open_run(copy, full=False, started_at=datetime(2026, 6, 4), as_of=None) as context:
        bench, warehouse = context.bench, context.warehouse
        for model in customers:
            parts = []
            for bucket in range(BUCKETS):
                bench.clear()
                lay_inputs(bench, model, f"customer_key % {BUCKETS} = {bucket}", context)
                bench.build(model, context.params)
                parts.append(warehouse.frame(f"from {bench.at(model.name)}"))
            owned = " where customer_id is not null" if is_row_mart(model) else ""
            whole = warehouse.frame(f"from {place_of(model)}{owned}")
            columns = [name for name in whole.columns if name in model.key] or whole.columns
            made = parts[0].vstack(parts[1]).vstack(parts[2])
            if not made.sort(columns).equals(whole.sort(columns)):
                differing[model.name] = (made.height, whole.height)

    assert len(customers) > 25
    assert differing == {}


@pytest.mark.parametrize("days", [9, 40, 365])
def test_the_passing_of_time_changes_rows_only_of_those_noted_for_what_a_table_heeds(copy, days):
    """Later outcomes are others, by and by; what the events alone tell is what it was."""
    told, unnoted = set(), {}
    with open_run(copy, full=False, started_at=datetime(2026, 6, 4), as_of=None) as context:
        bench, warehouse = context.bench, context.warehouse
        later = f"horizon_at + to_days({days}) as horizon_at, first_event_at - to_days({days})"
        bench.view(
            "core.horizon",
            f"select * replace ({later} as first_event_at) from {bench.stored('core.horizon')}",
        )
        ends = [
            warehouse.rows(f"from {at}")[0]
            for at in (bench.stored("core.horizon"), bench.at("core.horizon"))
        ]
        timeout = context.params["journey_timeout_days"]
        noted = {
            kind: {key for (key,) in warehouse.rows(*passed(kind, *ends, timeout))}
            for kind in PASSINGS
        }
        for step in registry(copy):
            model = step.model
            if model is None or model.scope != "customer":
                continue
            lay_inputs(bench, model, "true", context)
            bench.build(model, context.params)
            sides = (f"(from {bench.at(model.name)})", f"(from {place_of(model)})")
            if is_row_mart(model):
                keyed = "select customers.customer_key, told.* from {} as told inner join"
                keyed += " identity.customers as customers using (customer_id)"
                sides = tuple(f"({keyed.format(side)})" for side in sides)
            one, other = (" except all ".join(pair) for pair in (sides, sides[::-1]))
            differing = {
                key
                for (key,) in warehouse.rows(
                    f"select distinct customer_key from ({one} union all ({other}))"
                )
            }
            waiting = WAITING.get(model.name)
            looked_at = {key for (key,) in warehouse.rows(waiting)} if waiting else set()
            looked_at = looked_at.union(*(noted[kind] for kind in heeded(model.name)))
            told.update({model.name} if differing else ())
            if differing - looked_at:
                unnoted[model.name] = differing - looked_at
    assert unnoted == {}
    assert {"core.outcomes", "core.journeys", "core.moves", "marts.journeys"} <= told
    assert all(noted.values())


def test_a_table_of_sums_is_the_sum_of_its_parts(copy):
    """Its header says so: what buckets of customers or events make adds up to what all make."""
    models = [step.model for step in registry(copy) if step.model and step.model.scope == "sums"]
    differing = {}
    with open_run(copy, full=False, started_at=datetime(2026, 6, 4), as_of=None) as context:
        bench, warehouse = context.bench, context.warehouse
        for model in models:
            parts = []
            for bucket in range(BUCKETS):
                bench.clear()
                if EVENTS in model.reads:
                    events = f"from {bench.stored(EVENTS)}"
                    bench.view(EVENTS, f"{events} where event_key % {BUCKETS} = {bucket}")
                lay_inputs(bench, model, f"customer_key % {BUCKETS} = {bucket}", context)
                bench.build(model, context.params)
                parts.append(warehouse.frame(f"from {bench.at(model.name)}"))
            with warehouse.given("parts", pl.concat(parts)):
                made = warehouse.frame(added(model, "from parts"))
            whole = warehouse.frame(f"from {model.name}")
            if not made.sort(model.key).equals(whole.sort(model.key)) or not made.height:
                differing[model.name] = (made.height, whole.height)

    assert models
    assert differing == {}


@pytest.mark.parametrize(
    "model",
    [model for layer in LAYERS for model in read_models(layer).values() if model.scope == "sums"],
    ids=lambda model: model.name,
)
def test_a_table_of_sums_reads_what_is_followed_and_sums_whole_numbers(model):
    """Tables of customers or events, and small ones whose every change has it built whole."""
    followed = {
        name
        for layer in LAYERS
        for name, read in read_models(layer).items()
        if name == EVENTS or (read.scope == "customer" and layer in ("core", "graph", "analysis"))
    }
    others = set(model.reads) - followed
    kinds = {column.type for column in model.columns if column.name not in model.key}

    assert set(model.reads) & followed
    assert {name for name in others if not name.startswith("config.")} <= {"core.touchpoints"}
    assert {kind.split("(")[0] for kind in kinds} <= {"bigint", "hugeint", "decimal"}
    assert model.key
    assert not model.python


def test_a_changed_row_is_found_and_blocks_the_night(copy):
    """Somebody changes one row by hand: its customer and its table are named."""
    proof = next(step for step in registry(copy) if step.layer == "proof")
    with open_run(copy, full=False, started_at=datetime(2026, 6, 4), as_of=None) as context:
        sound = take(proof, context)
        changed = context.warehouse.rows(
            "select customer_id from core.steps inner join identity.customers using (customer_key)"
            " order by customer_id limit 1"
        )[0][0]
        context.warehouse.execute(
            "update core.steps set repeats = repeats + 1 where customer_key in"
            f" (select customer_key from identity.customers where customer_id = '{changed}')"
        )
        found = take(proof, context)

    assert sound.rows > 30
    assert [check.faulty_rows for check in sound.checks] == [0]
    assert [(check.severity, check.faulty_rows) for check in found.checks] == [("error", 1)]
    assert f"{changed} in core.steps" in found.checks[0].about


def test_an_empty_list_is_not_taken_for_none(copy):
    """A hash takes the two for one, so the proof compares values."""
    with open_run(copy, full=False, started_at=datetime(2026, 6, 4), as_of=None) as context:
        context.bench.table("night.sample", "select 1 as customer_key, 'c_1' as customer_id")
        compare(
            context,
            "core.erasures",
            "select 1 as customer_key, []::integer[] as loops",
            "select 1 as customer_key, null::integer[] as loops",
        )
        found = context.warehouse.rows(
            "select customer_id, missing_rows, extra_rows from ops.proof_differences"
        )

    assert found == [("c_1", 1, 1)]


def test_a_customer_made_of_two_or_a_lost_list_is_found(copy):
    """An identifier that nothing joins, one that is another's, an event that no list counts."""
    proof = next(step for step in registry(copy) if step.layer == "proof")
    lone = (
        "select component_key from identity.components group by component_key having count(*) = {}"
        " order by component_key limit 1"
    )
    wrongs = {
        "two in one": (
            "identity.components",
            f"update identity.components set component_key = ({lone.format(2)})"
            f" where component_key = ({lone.format(1)})",
        ),
        "one in two": (
            "identity.components",
            f"update identity.components set component_key = ({lone.format(1)})"
            f" where component_key = ({lone.format(2)}) and identifier_key != component_key",
        ),
        "lost list": (
            "identity.event_signatures",
            "delete from identity.event_signatures where event_key ="
            " (select min(event_key) from identity.event_signatures)",
        ),
    }
    found = {}
    with open_run(copy, full=False, started_at=datetime(2026, 6, 4), as_of=None) as context:
        warehouse = context.warehouse
        for name, (table, wrong) in wrongs.items():
            warehouse.execute(f"create or replace table ops.sound as from {table}")
            warehouse.execute(wrong)
            result = proof.run(context)
            tables = warehouse.rows("select distinct table_name from ops.proof_differences")
            found[name] = (result.checks[0].passed, {table for (table,) in tables})
            warehouse.execute(f"create or replace table {table} as from ops.sound")
        mended = proof.run(context)

    assert found["two in one"] == (False, {"identity.components"})
    assert "identity.components" in found["one in two"][1]
    assert "identity.event_signatures" in found["lost list"][1]
    assert mended.checks[0].passed
