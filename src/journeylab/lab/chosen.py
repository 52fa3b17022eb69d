"""Published tables computed anew for some journeys, by the models that made the published ones."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import polars as pl
import pyarrow as pa
from sqlglot import exp

from journeylab.lab import compile
from journeylab.lab.choosing import JOURNEY
from journeylab.pipeline import Step, in_order, make_table, model_steps
from journeylab.warehouse import Warehouse, memory, read_models

#: Tables that a snapshot can give again, each with the query that does.
GIVEN: Final = {
    "core.steps": "lab.chosen_steps",
    "core.journeys": "lab.chosen_journeys",
    "core.touchpoints": "lab.chosen_touchpoints",
    "config.stages": "lab.chosen_stages",
    "core.business_waits": "lab.chosen_business_waits",
    "core.contacts": "lab.chosen_contacts",
    "core.business_hours": "lab.chosen_business_hours",
    "core.horizon": "lab.chosen_horizon",
    "config.efforts": "lab.chosen_efforts",
    "identity.customers": "lab.chosen_customers",
    "analysis.answers": "lab.chosen_answers",
}
#: All shares are given their intervals in one table; of those, the ones a table shows.
_INTERVALS: Final = "analysis.intervals"
_SHARES: Final = {
    "marts.drop_offs": "analysis.visit_proportions",
    "marts.stage_kpis": "analysis.stage_proportions",
    "marts.ping_pong": "analysis.loop_proportions",
    "marts.loops": "analysis.loop_proportions",
    "marts.rework": "analysis.rework_proportions",
}
#: Tables that depend on which tables are asked for together.
OF_THE_QUESTION: Final = (_INTERVALS, "analysis.differences")
_LAYERS: Final = ("core", "graph", "analysis", "marts")

#: What a run is told beside its settings.
_SEED: Final = 0


def tables_of(
    snapshot: Warehouse, journeys: exp.Query, names: Iterable[str]
) -> dict[str, pl.DataFrame]:
    """Tables as a run would publish them if it knew the chosen journeys alone.

    Steps, outcomes and settledness stay as the snapshot has them. What is counted from them
    is counted by the same SQL and Python, in memory, so for all journeys the tables equal
    the published ones.

    Args:
        snapshot: opened for reading.
        journeys: query of customer_id and journey_id, one row per chosen journey.
        names: published tables made from steps, journeys, touchpoints and stages alone.

    Returns:
        name -> table.
    """
    wanted = [f"marts.{name}" for name in names]
    steps = needed(wanted)
    params = params_of(snapshot, steps)
    with memory().heard_like(snapshot) as scratch:
        rows = numbered(snapshot, journeys).drop("row_number")
        lay(snapshot, scratch, rows, {table for step in steps for table in step.reads})
        for step in steps:
            if step.model is not None:
                make_table(step.model, scratch, params)
        return {name.removeprefix("marts."): scratch.table(name) for name in wanted}


def params_of(snapshot: Warehouse, steps: Iterable[Step]) -> dict[str, Any]:
    """Parameters of the steps' models; the snapshot is asked for what is no constant, if needed."""
    if {name for step in steps if step.model for name in step.model.params} <= {"seed"}:
        return {"seed": _SEED}
    return {"seed": _SEED, **targets_of(snapshot)}


def targets_of(snapshot: Warehouse) -> dict[str, Any]:
    """The settings of the run that models are told."""
    return snapshot.frame(read_models("lab")["lab.chosen_targets"].query).row(0, named=True)


def numbered(snapshot: Warehouse, journeys: exp.Query) -> pl.DataFrame:
    """The chosen journeys, their customers numbered by customer_id."""
    columns = (*JOURNEY, "journey_number", "rowid")
    named = compile.rows_where("journeys", columns, None)
    rows = snapshot.frame(compile.composed(compile.only(named, among=journeys), {}))
    numbers = pl.col("customer_id").rank("dense").cast(pl.Int32) - 1
    return rows.rename({"rowid": "row_number"}).with_columns(numbers.alias("customer_key"))


def lay(
    snapshot: Warehouse, scratch: Warehouse, journeys: pl.DataFrame, tables: Iterable[str]
) -> None:
    """Copy what a snapshot can give again of some journeys, out of ``tables``."""
    wanted = set(tables)
    with snapshot.cursor() as reader, reader.given("chosen", journeys):
        for table, query in GIVEN.items():
            if table in wanted:
                put(scratch, table, reader.batches(read_models("lab")[query].query))


def put(scratch: Warehouse, name: str, frame: pl.DataFrame | pa.RecordBatchReader) -> None:
    """Make a frame, or rows that come part by part, a table ``schema.name``."""
    scratch.execute(f"create schema if not exists {name.split('.')[0]}")
    with scratch.given("read_from_snapshot", frame):
        scratch.execute(f"create table {name} as from read_from_snapshot")


def needed(
    names: Iterable[str], instead: Mapping[str, tuple[str, ...]] | None = None
) -> list[Step]:
    """The steps that make the tables from the given ones, in order.

    Args:
        names: tables of marts.
        instead: what a table is made of where that is not what its model reads.
    """
    wanted = tuple(names)
    known = {step.name: step for step in model_steps(_LAYERS)}
    for name, reads in (instead or {}).items():
        known[name] = replace(known[name], reads=reads)
    known[_INTERVALS] = _of_shares(known[_INTERVALS], {_SHARES.get(name) for name in wanted})
    found: dict[str, Step] = {}
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found and name not in GIVEN:
            found[name] = known[name]
            waiting += known[name].reads
    return in_order(found.values(), given=tuple(GIVEN))


def _of_shares(intervals: Step, shares: set[str | None]) -> Step:
    """The table of all intervals, made of some shares alone."""
    reads = tuple(sorted(name for name in shares if name is not None))
    model = intervals.model
    return replace(intervals, reads=reads, model=model and replace(model, reads=reads))
