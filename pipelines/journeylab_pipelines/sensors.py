"""Sensors: new files start a run, a failed run is told, a dead one makes room for the next."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

import dagster as dg

from journeylab.errors import LockHeld, SettingsError
from journeylab.intake.landing import find_files, shown_name
from journeylab.report.mail import send
from journeylab.settings import Settings
from journeylab.warehouse import hold
from journeylab_pipelines.alerts import failure_mail, failure_message, post
from journeylab_pipelines.schedules import NIGHTLY

INTERVAL_SECONDS: Final = 60

#: Minutes that a run may be without the lock: at its start, and when it mails its report.
GRACE_MINUTES: Final = 15

_DIGITS: Final = 16
_DEAD: Final = (
    "The run was killed: it does not hold the warehouse. The next run starts on what it left."
)


def landing_sensor(settings: Settings) -> dg.SensorDefinition:
    """Start the job when a landing folder has a file it did not have, or has it changed.

    Off until somebody turns it on: the nightly schedule alone is what most want. The cursor
    holds hashes of (source, name, size, time of change), so it names no file.
    """

    @dg.sensor(name="landing", job=NIGHTLY, minimum_interval_seconds=INTERVAL_SECONDS)
    def landing(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        """Starts the nightly job when new or changed files wait in a landing folder."""
        waiting = sorted(landing_marks(settings))
        new = sorted(set(waiting) - set(json.loads(context.cursor or "[]")))
        cursor = json.dumps(waiting)
        if not new:
            return dg.SensorResult(skip_reason=_nothing_new(settings, waiting), cursor=cursor)
        request = dg.RunRequest(run_key=_hashed("\n".join(new)), tags={"files": str(len(new))})
        return dg.SensorResult(run_requests=[request], cursor=cursor)

    return landing


def landing_marks(settings: Settings) -> Iterator[str]:
    """A mark of each file that waits in a landing folder; another one when the file changes."""
    for name, source in settings.sources.items():
        for path in find_files(name, source):
            stat = path.stat()
            told = (name, shown_name(path, source), stat.st_size, stat.st_mtime_ns)
            yield _hashed(json.dumps(told))


def failure_sensor(settings: Settings) -> dg.SensorDefinition:
    """Tell the webhook and the mail addresses of every run that failed or was blocked.

    Raises:
        SettingsError: there are addresses, but no server that takes the mail.
    """
    alerts, server = settings.alerts, settings.report
    if alerts.mail_to and server.smtp_host is None:
        place = "settings, alerts.mail_to"
        raise SettingsError("no server takes the mail", place, "name one: report.smtp_host")

    @dg.run_failure_sensor(
        name="tell_failure",
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def tell_failure(context: dg.RunFailureSensorContext) -> None:
        """Tells alerts.webhook_url and alerts.mail_to of a failed run."""
        told = failure_message(context)
        if alerts.webhook_url is not None:
            post(alerts.webhook_url, told)
        if alerts.mail_to:
            send(failure_mail(told, alerts.mail_to, server, now=datetime.now(UTC)), server)

    return tell_failure


def dead_run_sensor(settings: Settings) -> dg.SensorDefinition:
    """Mark runs as failed that were killed with Dagster itself, as by a power cut.

    Dagster takes them for running, so that the next one would wait in the queue for ever. A
    run that lives holds the lock of the warehouse.
    """

    @dg.sensor(
        name="dead_runs",
        job=NIGHTLY,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        """Fails runs that are not at work any more, so that the next one may start."""
        dead = dead_records(context.instance, settings, now=datetime.now(UTC))
        for record in dead:
            context.instance.report_run_failed(record.dagster_run, _DEAD)
        return dg.SkipReason(f"{len(dead)} dead runs")

    return dead_runs


def dead_records(
    instance: dg.DagsterInstance, settings: Settings, *, now: datetime
) -> list[dg.RunRecord]:
    """Records of runs that Dagster takes for running, though none holds the warehouse.

    Args:
        instance: Dagster's.
        settings: they name the lock.
        now: UTC; a run may take a quarter of an hour to start, or to mail its report.
    """
    started = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING],
        updated_before=now - timedelta(minutes=GRACE_MINUTES),
    )
    records = list(instance.get_run_records(started))
    if not records:
        return []
    try:
        with hold(settings.paths.lock, started_at=now):
            return records
    except LockHeld:
        return []


def _nothing_new(settings: Settings, waiting: list[str]) -> str:
    return (
        f"no new or changed file: {len(waiting)} known ones"
        f" in the landing folders of {len(settings.sources)} sources"
    )


def _hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_DIGITS]
