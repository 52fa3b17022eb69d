"""The same registry on Spark: one job builds the tables of single customers for all of them.

Every other step runs as it does without Spark. Where only some customers are touched, no job
starts: their rows are carried on here, which costs less than to start one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from journeylab.cluster import Exchange, build_customers, parts, rows_of
from journeylab.errors import ClusterFailed
from journeylab.pipeline import changes, row_marts
from journeylab.pipeline.customers import build_all, follow_customers, why_all
from journeylab.pipeline.steps import LAYERS, RunContext, Step, StepResult, in_order
from journeylab.settings import Settings
from journeylab.warehouse import (
    CheckResult,
    Column,
    Model,
    Warehouse,
    is_row_mart,
    place_of,
    quoted,
    read_models,
    read_parts,
)

#: Tables of single customers that the driver builds: sorted step by step over all customers, so
#: that parts of it would have to be sorted again.
SORTED_OVER_ALL: Final = "marts.step_flows"

JOB: Final = "cluster.customers"

ABOUT: Final = (
    "Builds the tables of single customers on Spark, a bucket of whole customers a task, where"
    " they are built for all customers."
)


def on_spark(steps: Sequence[Step]) -> list[Step]:
    """The same steps, of which those of tables of single customers take what one job made.

    Args:
        steps: the steps of every model.
    """
    of_customers = _distributed(steps)
    made = [step for step in steps if step.name in of_customers]
    reads = dict.fromkeys(name for step in made for name in step.reads if name not in of_customers)
    job = Step(JOB, "cluster", ABOUT, tuple(reads), partial(_build, list(of_customers.values())))
    taken = {
        step.name: replace(
            step, reads=(*step.reads, JOB), run=partial(_follow, of_customers[step.name])
        )
        for step in made
    }
    return [job, *(taken.get(step.name, step) for step in steps)]


def _distributed(steps: Sequence[Step]) -> dict[str, Model]:
    """Tables that one job can build, each after those it reads: name -> model.

    A table of single customers that reads a table over all which is itself made of customers'
    tables has to wait for the driver, and is built by it.
    """
    waits: dict[str, bool] = {}
    found: dict[str, Model] = {}
    for step in in_order(steps, given=("",)):
        model = step.model
        is_of_customers = model is not None and model.scope == "customer"
        waits[step.name] = is_of_customers or any(waits.get(name) for name in step.reads)
        if model is None or not is_of_customers or model.name == SORTED_OVER_ALL:
            continue
        if all(name in found or not waits.get(name) for name in step.reads):
            found[step.name] = model
    return found


def exchange_of(settings: Settings, run_id: str) -> Exchange:
    """The exchange folder of a run."""
    return Exchange(settings.spark.exchange or str(settings.paths.var / "exchange"), run_id)


def _build(models: Sequence[Model], context: RunContext) -> StepResult:
    if not _is_due(context, models):
        return StepResult(0)
    made = {model.name for model in models}
    known = {name: model for layer in LAYERS for name, model in read_models(layer).items()}
    reads = dict.fromkeys(n for m in models for n in m.reads if n not in made)
    settings = context.settings
    rows = build_customers(
        context.bench,
        context.warehouse,
        models,
        {name: _columns(context.warehouse, known, name) for name in reads},
        context.params,
        exchange=exchange_of(settings, context.run_id),
        scratch=_scratch(context),
        told=settings.spark,
    )
    context.bench.clear()
    return StepResult(sum(rows.values()))


def _columns(warehouse: Warehouse, known: Mapping[str, Model], name: str) -> tuple[Column, ...]:
    """Columns of a table, as declared or, where no model makes it, as they stand."""
    if name in known:
        return known[name].columns
    return tuple(Column(n, kind.lower(), "") for n, kind in warehouse.columns(name).items())


def _is_due(context: RunContext, models: Sequence[Model]) -> bool:
    """Whether a table has to be built for all customers; what was laid to find out is cleared.

    A table that waits for the horizon is asked again at its own step, by what stands then. What
    is answered otherwise there is built there, or left in the exchange folder.
    """
    try:
        return any(why_all(context, model) for model in models)
    finally:
        context.bench.clear()


def _follow(model: Model, context: RunContext) -> StepResult:
    return follow_customers(context, model, _take)


def _take(context: RunContext, model: Model, fingerprint: str, up_to: int) -> list[CheckResult]:
    """Take a table from the parts that the job made; build it here where it made none."""
    exchange = exchange_of(context.settings, context.run_id)
    told = rows_of(exchange, _scratch(context))
    if told is None:
        return build_all(context, model, fingerprint, up_to)
    buckets, rows = told
    place = place_of(model)
    with (
        parts(exchange, model.name, buckets, _scratch(context)) as paths,
        context.warehouse.transaction(),
    ):
        made = read_parts(context.warehouse, model, paths, at=place)
        taken = context.warehouse.scalar(f"select count(*) from {quoted(place)}")
        if taken != rows[model.name]:
            what = f"{taken} rows of {model.name} were read, {rows[model.name]} were handed in"
            raise ClusterFailed(what, f"{exchange.place}/{exchange.run_id}", "run again")
        if is_row_mart(model):
            row_marts.note_whole(context, model, fingerprint, up_to)
        else:
            changes.note_built(context, model.name, fingerprint, up_to)
    return made


def _scratch(context: RunContext) -> Path:
    return context.settings.paths.var / "spill"
