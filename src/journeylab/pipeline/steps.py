"""Steps: one table or delivery each, what it reads, and how it is run and judged."""

import heapq
import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from threadpoolctl import ThreadpoolController

from journeylab.errors import ModelError
from journeylab.intake import IntakeReport
from journeylab.settings import Settings
from journeylab.warehouse import (
    Bench,
    CheckResult,
    Model,
    Snapshot,
    Warehouse,
    build,
    judge,
    read_checks,
    read_models,
    write,
)

if TYPE_CHECKING:
    from journeylab.pipeline.dealing import Dealt
    from journeylab.pipeline.former import Former
    from journeylab.pipeline.workers import Workers

#: Layers of SQL models in the order of the data; staging only with the formats in use.
LAYERS: Final = ("config", "staging", "identity", "core", "graph", "analysis", "marts")


@dataclass(frozen=True, slots=True)
class RunContext:
    """What every step of one run shares. Instants are UTC without a zone."""

    warehouse: Warehouse
    settings: Settings
    run_id: str
    started_at: datetime
    as_of: datetime
    params: Mapping[str, Any]
    on_bench: Bench | None = None
    replaced: "Former | None" = None
    workers: "Workers | None" = None
    dealt: "Dealt | None" = None

    @property
    def bench(self) -> Bench:
        """The bench of a run; a warehouse in memory that is built once has none."""
        if self.on_bench is None:
            raise ModelError("no bench stands beside the warehouse", self.run_id, "open a run")
        return self.on_bench

    @property
    def former(self) -> "Former":
        """What the run has replaced; a warehouse in memory that is built once replaces nothing."""
        if self.replaced is None:
            raise ModelError("nothing keeps what is replaced", self.run_id, "open a run")
        return self.replaced

    def is_made_elsewhere(self, model: Model) -> bool:
        """Whether other machines built the table whole in this run."""
        return self.workers is not None and self.workers.made(model)


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one step made: rows of its table, its judged checks, and what only it knows.

    Attributes:
        touched: customers a carried table was built for; None for any other table.
        whole: why a table that is otherwise carried on was built whole; empty where it was not.
    """

    rows: int
    checks: tuple[CheckResult, ...] = ()
    intake: IntakeReport | None = None
    snapshot: Snapshot | None = None
    touched: int | None = None
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run: ``name`` is its asset key, ``reads`` the steps before it."""

    name: str
    layer: str
    about: str
    reads: tuple[str, ...]
    run: Callable[[RunContext], StepResult]
    model: Model | None = None


def model_step(model: Model) -> Step:
    """Wrap one model as a step: build it, judge its row checks and the table checks on it."""

    def run(context: RunContext) -> StepResult:
        return judged_tables(context, model, make_table(model, context.warehouse, context.params))

    return Step(model.name, model.schema, model.about, model.reads, run, model)


def judged_tables(
    context: RunContext, model: Model, made: Iterable[CheckResult], *, at: str | None = None
) -> StepResult:
    """Judge the table checks on a made table, and count its rows.

    Args:
        context: the run.
        model: the table.
        made: its judged row checks.
        at: where the table stands; None takes the model's name.
    """
    warehouse = context.warehouse
    checks = [judge(warehouse, c, context.params) for c in read_checks() if c.on == model.name]
    rows = warehouse.scalar(f"select count(*) from {at or model.name}")
    return StepResult(rows, (*made, *checks))


def make_table(model: Model, warehouse: Warehouse, params: Mapping[str, Any]) -> list[CheckResult]:
    """Make one table by its query or its function, and judge its row checks.

    Args:
        model: the table.
        warehouse: where the tables it reads stand and where it is written.
        params: values for at least its ``params``.
    """
    if model.query:
        return build(warehouse, model, params)
    return write(warehouse, model, made_by_python(model, warehouse.table, params))


def made_by_python(
    model: Model, table: Callable[[str], pl.DataFrame], params: Mapping[str, Any]
) -> pl.DataFrame:
    """What the function of a model makes, in one thread of whatever it calculates with.

    So its sums do not depend on the number of cores, and small products, which all are, do not
    wait for each other's threads.

    Args:
        model: a table made by Python.
        table: gives a table it reads, by name.
        params: values for at least its ``params``.
    """
    function = _function(model)
    frames = [table(name) for name in model.reads]
    with _thread_pools(function.__module__).limit(limits=1):
        made: pl.DataFrame = function(*frames, **{name: params[name] for name in model.params})
    return made


def make_whole(context: RunContext, model: Model) -> list[CheckResult]:
    """Make one table over all rows, and judge its row checks.

    Args:
        context: the run; where other machines built the table in it, it is taken from them.
        model: the table.
    """
    if context.workers is not None and context.workers.made(model):
        return context.workers.take(model)
    return make_table(model, context.warehouse, context.params)


def _function(model: Model) -> Callable[..., Any]:
    module, _, name = model.python.partition(":")
    try:
        function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ModelError(
            f"no function {model.python!r}", str(model.path), "mend 'python:'"
        ) from error
    return function


@cache
def _thread_pools(module: str) -> ThreadpoolController:
    """Those of all libraries that are loaded by the time a module is."""
    return ThreadpoolController()


def in_order(steps: Iterable[Step], *, given: tuple[str, ...] = ("ops.",)) -> list[Step]:
    """Sort steps so that each stands after those it reads; ties by layer, then name.

    Args:
        steps: the steps to sort.
        given: prefixes of tables that stand without a step.

    Raises:
        ModelError: steps read each other in a circle, or one reads a table nobody makes.
    """
    waiting = {step.name: step for step in steps}
    lacks: dict[str, set[str]] = {}
    readers: dict[str, list[str]] = {}
    for step in waiting.values():
        unknown = [n for n in step.reads if n not in waiting and not n.startswith(given)]
        if unknown:
            raise ModelError(
                f"reads {', '.join(unknown)}, which no step makes", step.name, "mend 'reads'"
            )
        lacks[step.name] = waiting.keys() & set(step.reads)
        for name in lacks[step.name]:
            readers.setdefault(name, []).append(step.name)
    ready = [_place(step) for step in waiting.values() if not lacks[step.name]]
    heapq.heapify(ready)
    ordered: list[Step] = []
    while ready:
        _, made = heapq.heappop(ready)
        ordered.append(waiting.pop(made))
        for name in readers.get(made, ()):
            lacks[name].remove(made)
            if not lacks[name]:
                heapq.heappush(ready, _place(waiting[name]))
    if waiting:
        raise ModelError("steps read each other in a circle", ", ".join(waiting), "break it")
    return ordered


def _place(step: Step) -> tuple[int, str]:
    order = ("intake", *LAYERS, "cluster", "proof", "publish")
    return (order.index(step.layer), step.name)


def model_steps(layers: Iterable[str]) -> list[Step]:
    """Steps of every model of the given layers, unordered."""
    return [model_step(model) for layer in layers for model in read_models(layer).values()]
