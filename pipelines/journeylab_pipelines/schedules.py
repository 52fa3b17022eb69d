"""The jobs over all assets, the hour the nightly one starts at, and the days of a back-fill."""

from datetime import datetime
from typing import Any, Final

import dagster as dg

from journeylab.settings import Settings
from journeylab_pipelines.resources import RUN

#: Takes the same steps as `journeylab run`, in one process.
NIGHTLY: Final = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all(),
    description="Takes in new files, builds and checks every table, publishes a snapshot.",
    executor_def=dg.in_process_executor,
)

#: Days that can be filled: up to today, since files bear dates.
DAYS: Final = dg.DailyPartitionsDefinition(start_date="2000-01-01", end_offset=1)


def backfill_job() -> Any:  # noqa: ANN401 - Dagster does not export the type
    """The same steps, but files of one day alone are taken in: a partition is a day of files.

    Tables have no partitions, for a late event may change any day: each run publishes all.
    """

    @dg.daily_partitioned_config(start_date=DAYS.start, end_offset=1)
    def files_of_the_day(start: datetime, _: datetime) -> dict[str, Any]:
        day = f"{start:%Y-%m-%d}"
        return {"resources": {RUN: {"config": {"first_day": day, "last_day": day}}}}

    return dg.define_asset_job(
        "backfill",
        selection=dg.AssetSelection.all(),
        description="Takes in the files of one past day, builds and publishes everything.",
        config=files_of_the_day,
        partitions_def=DAYS,
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
