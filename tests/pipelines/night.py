"""The nightly job in this process: the bench of the tests of ``pipelines``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dagster as dg

from journeylab.settings import Settings, load_settings
from journeylab_pipelines.assembly import assemble

#: shop(folder of its results, **sections of settings)
Shop = Callable[..., Settings]

#: A step is tried twice, at once.
NO_WAIT = dg.RetryPolicy(max_retries=1, delay=0)


@dataclass(frozen=True)
class Night:
    """One run of the job ``nightly``."""

    settings: Settings
    instance: dg.DagsterInstance
    result: dg.ExecuteInProcessResult


def nightly(settings: Settings, instance: dg.DagsterInstance, **options: Any) -> Night:
    """Run the job ``nightly``; options as of ``execute_in_process``."""
    job = assemble(settings, retry=NO_WAIT).resolve_job_def("nightly")
    result = job.execute_in_process(instance=instance, raise_on_error=False, **options)
    return Night(settings, instance, result)


def job_of_settings_at_hand() -> dg.JobDefinition:
    """The job of ``JOURNEYLAB_CONFIG``, as the command line of Dagster makes it."""
    return assemble(load_settings()).resolve_job_def("nightly")
