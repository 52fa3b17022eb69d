"""Sensors: new files in the landing folders start a run; a failed run is told to a webhook."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import dagster as dg

from journeylab.intake.landing import find_files, shown_name
from journeylab.settings import Settings
from journeylab_pipelines.alerts import failure_message, post
from journeylab_pipelines.schedules import NIGHTLY

INTERVAL_SECONDS: Final = 60

_DIGITS: Final = 16


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


def failure_sensor(webhook_url: str) -> dg.SensorDefinition:
    """Tell the webhook of every run that failed, checks that blocked it included."""

    @dg.run_failure_sensor(
        name="tell_failure",
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def tell_failure(context: dg.RunFailureSensorContext) -> None:
        """Posts a failed run to alerts.webhook_url."""
        post(webhook_url, failure_message(context))

    return tell_failure


def _nothing_new(settings: Settings, waiting: list[str]) -> str:
    return (
        f"no new or changed file: {len(waiting)} known ones"
        f" in the landing folders of {len(settings.sources)} sources"
    )


def _hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_DIGITS]
