"""The nightly report as an asset after publishing. It reads the snapshot, never the warehouse."""

import dagster as dg

from journeylab.errors import JourneyLabError
from journeylab.report import deliver_report
from journeylab.settings import Settings
from journeylab_pipelines.naming import asset_key

REPORT = asset_key("report.nightly")


def report_asset(settings: Settings, *, retry: dg.RetryPolicy) -> dg.AssetsDefinition:
    """Write the report of the snapshot just published, and mail it where a server is named."""

    @dg.asset(
        key=REPORT,
        deps=[asset_key("publish.snapshot")],
        description="Writes the report of the snapshot, and mails it where a server is named.",
        group_name="report",
        kinds={"html"},
        retry_policy=retry,
    )
    def report() -> dg.MaterializeResult[None]:
        mail = settings.report.smtp_host is not None
        try:
            told = list(deliver_report(settings, mail=mail))
        except JourneyLabError as error:
            raise dg.Failure(str(error), allow_retries=mail) from error
        return dg.MaterializeResult(metadata={"told": "\n".join(told)})

    return report
