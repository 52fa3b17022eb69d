"""One Dagster run -> one run of journeylab: the lock and the warehouse are held throughout."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

import dagster as dg

from journeylab.errors import SettingsError
from journeylab.pipeline import RunContext, Step, StepResult, open_run, take
from journeylab.settings import Settings

#: Key of the resource.
RUN: Final = "run"


class OpenRun:
    """The run that the steps of one Dagster run share, and which of them have not ended well."""

    def __init__(self, context: RunContext) -> None:
        self.context = context
        self._unfinished: set[str] = set()

    def take(self, step: Step) -> StepResult:
        """Run one step and record its checks; it may be taken again after a fault."""
        self._unfinished.add(step.name)
        result = take(step, self.context)
        self._unfinished.remove(step.name)
        return result

    def refuse_unfinished(self) -> None:
        """Raise when a step failed and no later try of it ended well."""
        if self._unfinished:
            raise _UnfinishedError


class _UnfinishedError(Exception):
    """Makes the run's record say 'failed'. Dagster itself has told why."""


def run_resource(settings: Settings) -> dg.ResourceDefinition:
    """Make the resource that opens a run when Dagster starts one and closes it at the end.

    It is made once per Dagster run, because the executor works in the process. Its start is
    that of the Dagster run. Where another run holds the warehouse, the run fails with LockHeld.
    """

    @dg.resource(
        config_schema={
            "full": dg.Field(bool, default_value=False, description=_FULL),
            "first_day": dg.Field(str, is_required=False, description=_FIRST_DAY),
            "last_day": dg.Field(str, is_required=False, description=_LAST_DAY),
        },
        description="The lock and the private warehouse, held for the whole run.",
    )
    @contextlib.contextmanager
    def held(context: dg.InitResourceContext) -> Iterator[OpenRun | None]:
        record = _record(context)
        if record.dagster_run.is_finished:
            yield None  # `dagster job execute` makes the resources again to show the result
            return
        told = context.resource_config
        narrowed = settings.of_days(_day(told.get("first_day")), _day(told.get("last_day")))
        start, until = _start(record), _start_of_the_first_try(context, record)
        with (
            contextlib.suppress(_UnfinishedError),
            open_run(narrowed, full=told["full"], started_at=start, as_of=until) as opened,
        ):
            run = OpenRun(opened)
            yield run
            run.refuse_unfinished()

    return held


_FULL: Final = "drop every built table first, so that nothing but the raw tables is reused"
_FIRST_DAY: Final = "take in only files of this day or later, for example 2026-05-01"
_LAST_DAY: Final = "take in only files of this day or earlier"


def _day(told: str | None) -> date | None:
    try:
        return date.fromisoformat(told) if told else None
    except ValueError as error:
        where = "resources.run.config of the Dagster run"
        raise SettingsError(f"{told!r} is no day", where, "write it like 2026-05-01") from error


def _start_of_the_first_try(
    context: dg.InitResourceContext, record: dg.RunRecord
) -> datetime | None:
    """Up to when a re-executed run counts events: as its first try did, whose tables it reuses."""
    root = record.dagster_run.root_run_id
    first = context.instance.get_run_record_by_id(root) if root and context.instance else None
    return _start(first) if first is not None else None


def _record(context: dg.InitResourceContext) -> dg.RunRecord:
    instance, run = context.instance, context.run
    record = instance.get_run_record_by_id(run.run_id) if instance and run else None
    if record is None:
        raise dg.DagsterInvariantViolationError("the resource is for runs that Dagster records")
    return record


def _start(record: dg.RunRecord) -> datetime:
    """Start of the Dagster run; its creation where it is not marked as started yet."""
    if record.start_time is None:
        return record.create_timestamp
    return datetime.fromtimestamp(record.start_time, tz=UTC)
