"""One run from lock to report: prepare the warehouse, walk the registry, tell what happened."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from journeylab.errors import ChecksFailed, ClockBehind, NoWarehouse, QueryError
from journeylab.identity import hash_pads
from journeylab.intake import IntakeReport
from journeylab.parameters import naive_utc, parameters
from journeylab.pipeline import recording
from journeylab.pipeline.dealing import Dealt
from journeylab.pipeline.findings import findings, kpis
from journeylab.pipeline.forgotten import forget_former_key, load_freed_events
from journeylab.pipeline.former import Former
from journeylab.pipeline.registry import formats_in_use, registry
from journeylab.pipeline.row_marts import open_row_marts
from journeylab.pipeline.steps import LAYERS, RunContext, Step, StepResult
from journeylab.pipeline.workers import Workers
from journeylab.privacy import hash_key
from journeylab.rules import Rules, load_rules
from journeylab.run_report import RunReport, StepProgress, StepTime, exit_code
from journeylab.settings import Settings
from journeylab.warehouse import (
    Bench,
    CheckResult,
    Snapshot,
    Warehouse,
    close_gaps,
    current_run_id,
    ensure,
    hold,
    is_row_mart,
    open_warehouse,
    quoted,
    read_models,
)

#: A table of single customers, of whom a night replaces the rows.
REPLACED: Final = "core.actions"

#: What tells how far tables have been built; a full run forgets it.
STATE: Final = (
    "ops.built",
    "ops.changes",
    "ops.staged_deliveries",
    "ops.customer_keys",
    "ops.signature_owners",
)


def run(
    settings: Settings,
    *,
    full: bool = False,
    started_at: datetime,
    as_of: datetime | None = None,
    on_step: Callable[[StepProgress], None] = lambda _: None,
) -> RunReport:
    """Run everything once: take in new files, build every table, check, publish.

    Args:
        settings: what to read, how to cut, where to publish.
        full: drop every built table first, so that nothing but the raw tables is reused.
        started_at: start of the run, UTC; names the snapshot.
        as_of: instant up to which events count; None takes the settings' own, else the start.
        on_step: called at the start and the end of each step.

    Returns:
        What happened. Failed error checks are in the report (exit code 4), not an exception.

    Raises:
        LockHeld: another run holds the warehouse.
        JourneyLabError: a setting, rule or model that cannot be used.
    """
    steps = registry(settings)
    with open_run(settings, full=full, started_at=started_at, as_of=as_of) as context:
        done = _Done()
        try:
            for number, step in enumerate(steps, start=1):
                on_step(StepProgress(step.name, number, len(steps)))
                began = time.perf_counter()
                result = take(step, context)
                seconds = time.perf_counter() - began
                done.add(step, result, seconds)
                on_step(StepProgress(step.name, number, len(steps), result.rows, seconds))
        except ChecksFailed:
            pass  # told by the report: the checks are recorded, nothing was published
        return done.report(context)


@contextlib.contextmanager
def open_run(
    settings: Settings, *, full: bool, started_at: datetime, as_of: datetime | None
) -> Iterator[RunContext]:
    """Hold the lock and the warehouse for one run, and record how it ends.

    Args:
        settings: the run's settings.
        full: drop every built table first.
        started_at: start of the run, UTC.
        as_of: instant up to which events count; None as in ``run``.

    Raises:
        ClockBehind: the last published run began later, and nothing says up to when to count.
        LockHeld: another run holds the warehouse.
        NoWarehouse: the warehouse is gone, and a snapshot is not.
    """
    start = naive_utc(started_at)
    run_id = f"{start:%Y%m%dT%H%M%S}.{start.microsecond:06d}"
    load_rules(settings.paths.touchpoints)  # a wrong rule stops the run before it makes a file
    is_told = bool(as_of or settings.run.as_of)
    with (
        _writing(settings, run_id, started_at=start, is_told=is_told) as warehouse,
        run_on(warehouse, settings, full=full, started_at=started_at, as_of=as_of) as context,
    ):
        yield context


@contextlib.contextmanager
def _writing(
    settings: Settings, run_id: str, *, started_at: datetime, is_told: bool
) -> Iterator[Warehouse]:
    """Hold the lock and the warehouse; refuse a run that would publish less by mistake."""
    paths = settings.paths
    with private_files(), hold(paths.lock, started_at=started_at):
        last = current_run_id(paths.published)
        if last is not None and not paths.warehouse.exists():
            raise NoWarehouse(
                f"there is no warehouse, but run {last} was published from one",
                str(paths.warehouse),
                f"rebuild it: journeylab restore; or begin anew: move {paths.published} away",
            )
        if last is not None and run_id <= last and not is_told:
            raise ClockBehind(
                f"the clock says {run_id}, but run {last} is published already",
                f"clock of this machine; {paths.published}",
                "set the clock; if it was wrong in that run, leave its snapshot: journeylab"
                " snapshots rollback; or say up to when events count: journeylab run --as-of",
            )
        with open_warehouse(
            paths.warehouse,
            spill=paths.var / "spill",
            memory_limit=settings.run.memory_limit,
            spill_limit=settings.run.spill_limit,
            threads=settings.run.threads,
        ) as warehouse:
            yield warehouse


def context_of(
    warehouse: Warehouse,
    settings: Settings,
    rules: Rules,
    *,
    run_id: str,
    started_at: datetime,
    as_of: datetime,
    bench: Bench,
) -> RunContext:
    """Give the steps of a run what they share.

    Args:
        warehouse: open for writing.
        settings: the run's settings.
        rules: the touchpoint rules.
        run_id: name of the run.
        started_at: its start, UTC without a zone.
        as_of: instant up to which events count, UTC without a zone.
        bench: where tables are prepared.
    """
    params = {
        **parameters(settings, rules, run_id=run_id, started_at=started_at, as_of=as_of),
        **hash_pads(_hash_key(settings)),
        "staging_tables": sorted({model.name for model in formats_in_use(settings).values()}),
    }
    return RunContext(warehouse, settings, run_id, started_at, as_of, params, bench)


def _hash_key(settings: Settings) -> bytes:
    return hash_key(settings.privacy.hash_key_file or settings.paths.var / "hash.key")


@contextlib.contextmanager
def run_on(
    warehouse: Warehouse,
    settings: Settings,
    *,
    full: bool,
    started_at: datetime,
    as_of: datetime | None,
) -> Iterator[RunContext]:
    """One run on a warehouse that the caller alone writes; how it ends is recorded.

    Args:
        warehouse: what former runs left, or an empty one.
        settings: the run's settings.
        full: drop every built table first.
        started_at: start of the run, UTC.
        as_of: instant up to which events count; None as in ``run``.
    """
    start = naive_utc(started_at)
    until = naive_utc(as_of or settings.run.as_of or start)
    run_id = f"{start:%Y%m%dT%H%M%S}.{start.microsecond:06d}"
    rules = load_rules(settings.paths.touchpoints)
    bench = Bench(warehouse)
    workers = Workers(settings, run_id, warehouse) if settings.run.engine == "spark" else None
    try:
        context = context_of(
            warehouse, settings, rules, run_id=run_id, started_at=start, as_of=until, bench=bench
        )
        _prepare(context, full=full)
        forget_former_key(warehouse, _hash_key(settings))
        began = time.perf_counter()
        former = Former(warehouse)
        dealt = Dealt(warehouse, settings.paths.var / "spill", settings.run.spill_limit)
        try:
            yield replace(context, replaced=former, workers=workers, dealt=dealt)
        except BaseException:
            with contextlib.suppress(QueryError):  # on a full disk the fault itself is told
                recording.end(context, "failed", seconds=time.perf_counter() - began)
            raise
        finally:
            former.close()
            dealt.close()
        recording.end(context, recording.state_of(context), seconds=time.perf_counter() - began)
    finally:
        bench.close()
        if workers is not None:
            workers.close()


def take(step: Step, context: RunContext) -> StepResult:
    """Run one step and record its checks.

    Args:
        step: a step of the registry; those it reads have run.
        context: the open run.
    """
    result = step.run(context)
    if result.checks:
        recording.record(context, result.checks)
    return result


@contextlib.contextmanager
def private_files() -> Iterator[None]:
    """Let only the owner read what is made meanwhile; publishing opens its own files."""
    former = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(former)


class _Done:
    """What has happened so far in a run."""

    def __init__(self) -> None:
        self.times: list[StepTime] = []
        self.checks: list[CheckResult] = []
        self.intake: list[IntakeReport] = []
        self.snapshot: Snapshot | None = None
        self.touched: int | None = None
        self.whole: dict[str, list[str]] = {}

    def add(self, step: Step, result: StepResult, seconds: float) -> None:
        self.times.append(StepTime(step.name, result.rows, seconds))
        self.checks += result.checks
        if result.intake is not None:
            self.intake.append(result.intake)
        if result.snapshot is not None:
            self.snapshot = result.snapshot
        if result.touched is not None and step.layer == "core":
            self.touched = max(result.touched, self.touched or 0)
        if result.whole:
            self.whole.setdefault(result.whole, []).append(step.name)

    def report(self, context: RunContext) -> RunReport:
        warehouse = context.warehouse
        counts = warehouse.table("staging.row_counts").to_dicts()
        horizon = warehouse.rows("select horizon_at from core.horizon")
        return RunReport(
            run_id=context.run_id,
            exit_code=exit_code(self.checks, self.intake),
            as_of_at=context.as_of,
            horizon_at=horizon[0][0] if horizon else None,
            snapshot=self.snapshot.folder if self.snapshot else None,
            intake=self.intake,
            row_counts=counts,
            checks=self.checks,
            steps=self.times,
            findings=findings(warehouse),
            kpis=kpis(warehouse),
            customers_touched=self.touched,
            built_whole=self.whole,
        )


def _prepare(context: RunContext, *, full: bool) -> None:
    warehouse = context.warehouse
    for name, model in read_models("ops").items():
        ensure(warehouse, name, model.columns)
    load_freed_events(context)
    _drop_strangers(warehouse)
    if REPLACED in warehouse.table_names():
        close_gaps(warehouse, REPLACED)
    if full:
        for layer in LAYERS:
            warehouse.execute(f"drop schema if exists {layer} cascade")
        for table in STATE:
            warehouse.execute(f"delete from {table}")
    open_row_marts(warehouse, context.settings, full=full)
    recording.begin(context)


def _drop_strangers(warehouse: Warehouse) -> None:
    """Drop what no model of this release makes: tables of former ones, and those half made."""
    known = {
        name
        for layer in LAYERS
        for name, model in read_models(layer).items()
        if not is_row_mart(model)
    }
    for name in warehouse.table_names():
        if name.split(".")[0] in LAYERS and name not in known:
            warehouse.execute(f"drop table {quoted(name)}")
