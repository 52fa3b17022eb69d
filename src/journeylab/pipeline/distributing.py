"""The same registry on Spark: jobs build tables on other machines where they are built whole.

Every other step runs as it does without Spark. Where only some rows or customers are touched, no
job starts: they are carried on here, which costs less than to start one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from journeylab.cluster import LISTED, SETTLED, build_customers, stage
from journeylab.errors import ModelError
from journeylab.pipeline.customers import why_all
from journeylab.pipeline.deliveries import loaded, why_staged_whole
from journeylab.pipeline.steps import LAYERS, RunContext, Step, StepResult, in_order
from journeylab.pipeline.workers import Workers
from journeylab.warehouse import Column, Model, Warehouse, read_models

#: Tables of single customers that the driver builds: sorted step by step over all customers, so
#: that parts of it would have to be sorted again.
SORTED_OVER_ALL: Final = "marts.step_flows"

#: A table over all events that tasks build as well: each row is made of one event.
ORIGINS: Final = "core.event_origins"

#: What the first job makes.
STAGED: Final = (*SETTLED, *LISTED)

STAGING: Final = "cluster.staging"
CUSTOMERS: Final = "cluster.customers"

_ABOUT_STAGING: Final = (
    "Stages the delivered rows on Spark, a bucket of rows that settle each other a task, and reads"
    " the lists of identifiers, where all rows are staged anew."
)
_ABOUT_CUSTOMERS: Final = (
    "Builds the tables of single customers on Spark, a bucket of whole customers a task, where"
    " they are built for all customers."
)


def on_spark(steps: Sequence[Step], intake: Sequence[Step], formats: Sequence[Model]) -> list[Step]:
    """The same steps, of which some take what a job made, and the jobs.

    Args:
        steps: the steps of every model but the formats.
        intake: the steps that load deliveries, and those of the formats.
        formats: the staging models of the formats in use.
    """
    of_customers = _distributed(steps)
    made = [step for step in steps if step.name in of_customers]
    reads = dict.fromkeys(name for step in made for name in step.reads if name not in of_customers)
    jobs = [
        Step(
            STAGING,
            "cluster",
            _ABOUT_STAGING,
            (*(step.name for step in intake), "config.sources", "config.identity_rules"),
            partial(_stage, formats),
        ),
        Step(
            CUSTOMERS,
            "cluster",
            _ABOUT_CUSTOMERS,
            tuple(reads),
            partial(_build, list(of_customers.values())),
        ),
    ]
    waits = {name: CUSTOMERS for name in of_customers} | dict.fromkeys(STAGED, STAGING)
    return [
        *jobs,
        *(
            replace(step, reads=(*step.reads, waits[step.name])) if step.name in waits else step
            for step in steps
        ),
    ]


def _distributed(steps: Sequence[Step]) -> dict[str, Model]:
    """Tables that one job can build, each after those it reads: name -> model.

    A table of single customers that reads a table over all which is itself made of customers'
    tables has to wait for the driver, and is built by it.
    """
    waits: dict[str, bool] = {}
    found: dict[str, Model] = {}
    for step in in_order(steps, given=("",)):
        model = step.model
        is_of_customers = model is not None and (model.scope == "customer" or model.name == ORIGINS)
        waits[step.name] = is_of_customers or any(waits.get(name) for name in step.reads)
        if model is None or not is_of_customers or model.name == SORTED_OVER_ALL:
            continue
        if all(name in found or not waits.get(name) for name in step.reads):
            found[step.name] = model
    return found


def _stage(formats: Sequence[Model], context: RunContext) -> StepResult:
    rows = read_models("staging")[SETTLED[0]]
    if not why_staged_whole(context, rows, loaded(context.warehouse, formats)):
        return StepResult(0)
    job = _workers(context).job(context)
    stage(job, formats)
    return StepResult(sum(job.made[name].rows for name in STAGED if name in job.made))


def _build(models: Sequence[Model], context: RunContext) -> StepResult:
    if not _is_due(context, models):
        return StepResult(0)
    made = {model.name for model in models}
    known = {name: model for layer in LAYERS for name, model in read_models(layer).items()}
    reads = dict.fromkeys(n for m in models for n in m.reads if n not in made)
    job = _workers(context).job(context)
    columns = {name: _columns(context.warehouse, known, name) for name in reads}
    build_customers(job, models, columns)
    context.bench.clear()
    return StepResult(sum(job.made[name].rows for name in made))


def _workers(context: RunContext) -> Workers:
    if context.workers is None:
        raise ModelError("no engine builds tables elsewhere", context.run_id, "open a run")
    return context.workers


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
        return any(why_all(context, model) for model in models if model.scope == "customer")
    finally:
        context.bench.clear()
