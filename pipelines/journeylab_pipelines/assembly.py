"""Settings -> everything Dagster shows and runs. Reads no data."""

import dagster as dg

from journeylab.pipeline import formats_in_use, registry
from journeylab.settings import Settings
from journeylab_pipelines.assets import RETRY, Facts, step_asset
from journeylab_pipelines.report import report_asset
from journeylab_pipelines.resources import RUN, run_resource
from journeylab_pipelines.schedules import NIGHTLY, backfill_job, nightly_schedule
from journeylab_pipelines.sensors import dead_run_sensor, failure_sensor, landing_sensor


def assemble(settings: Settings, *, retry: dg.RetryPolicy = RETRY) -> dg.Definitions:
    """Make the definitions: an asset per step of the registry, the report, and what starts them.

    Args:
        settings: they name the sources, the schedule and the webhook.
        retry: how often a failed step is tried again, and after how long.

    Raises:
        SettingsError: no source is configured.
        UnknownName: a source names a format nobody wrote.
        ModelError: the models do not fit together.
    """
    facts = Facts(settings, formats_in_use(settings), retry)
    sensors = [landing_sensor(settings), dead_run_sensor(settings)]
    if settings.alerts.webhook_url is not None or settings.alerts.mail_to:
        sensors.append(failure_sensor(settings))
    assets = [step_asset(step, facts) for step in registry(settings)]
    if settings.report.nightly:
        assets.append(report_asset(settings, retry=retry))
    return dg.Definitions(
        assets=assets,
        jobs=[NIGHTLY, backfill_job()],
        schedules=[nightly_schedule(settings)],
        sensors=sensors,
        resources={RUN: run_resource(settings)},
        # DuckDB takes one writing process, and one process has the lock.
        executor=dg.in_process_executor,
    )
