"""The job over all assets, and the hour it starts at."""

from typing import Final

import dagster as dg

from journeylab.settings import Settings

#: Takes the same steps as `journeylab run`, in one process.
NIGHTLY: Final = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all(),
    description="Takes in new files, builds and checks every table, publishes a snapshot.",
    executor_def=dg.in_process_executor,
)


def nightly_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Start the job by ``schedule.cron`` in the reporting zone; on as soon as Dagster runs."""
    return dg.ScheduleDefinition(
        name="nightly_schedule",
        job=NIGHTLY,
        cron_schedule=settings.schedule.cron,
        execution_timezone=settings.run.reporting_timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
