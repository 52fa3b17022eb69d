"""Published tables computed anew for some journeys, by the models that made the published ones."""

from collections.abc import Iterable
from typing import Any, Final

import polars as pl
from sqlglot import exp

from journeylab.lab import compile
from journeylab.lab.choosing import JOURNEY
from journeylab.pipeline import Step, in_order, make_table, model_steps
from journeylab.warehouse import Warehouse, memory, read_models

#: Tables that a snapshot can give again, each with the query that does.
_GIVEN: Final = {
    "core.steps": "lab.chosen_steps",
    "core.journeys": "lab.chosen_journeys",
    "core.touchpoints": "lab.chosen_touchpoints",
    "config.stages": "lab.chosen_stages",
}
_LAYERS: Final = ("core", "graph", "analysis", "marts")

#: Parameters of the models in question, as every run has them.
_PARAMS: Final[dict[str, Any]] = {"seed": 0}


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
    named = compile.rows_where("journeys", (*JOURNEY, "journey_number"), None)
    rows = snapshot.frame(compile.composed(compile.only(named, among=journeys), {}))
    numbers = pl.col("customer_id").rank("dense").cast(pl.Int32) - 1
    numbered = rows.with_columns(numbers.alias("customer_key"))
    wanted = [f"marts.{name}" for name in names]
    with memory() as scratch:
        with snapshot.cursor() as reader, reader.given("chosen", numbered):
            for table, query in _GIVEN.items():
                _put(scratch, table, reader.frame(read_models("lab")[query].query))
        for step in _needed(wanted):
            if step.model is not None:
                make_table(step.model, scratch, _PARAMS)
        return {name.removeprefix("marts."): scratch.table(name) for name in wanted}


def _put(scratch: Warehouse, name: str, frame: pl.DataFrame) -> None:
    scratch.execute(f"create schema if not exists {name.split('.')[0]}")
    with scratch.given("read_from_snapshot", frame):
        scratch.execute(f"create table {name} as from read_from_snapshot")


def _needed(names: Iterable[str]) -> list[Step]:
    """The steps that make the tables from the given ones, in order."""
    known = {step.name: step for step in model_steps(_LAYERS)}
    needed: dict[str, Step] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in needed and name not in _GIVEN:
            needed[name] = known[name]
            waiting += known[name].reads
    return in_order(needed.values(), given=tuple(_GIVEN))
