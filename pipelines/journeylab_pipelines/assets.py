"""One step of the registry -> one Dagster asset with its checks. Holds no SQL and no rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

import dagster as dg

from journeylab.errors import JourneyLabError, QueryError
from journeylab.pipeline import Step, StepResult
from journeylab.settings import Settings
from journeylab.warehouse import Column, Model
from journeylab_pipelines.checks import check_results, check_specs
from journeylab_pipelines.metadata import declared_columns, result_metadata
from journeylab_pipelines.naming import asset_key
from journeylab_pipelines.resources import RUN, OpenRun

#: For what passes by itself: a full disk, a file share that is away.
RETRY: Final = dg.RetryPolicy(max_retries=2, delay=30, backoff=dg.Backoff.EXPONENTIAL)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the assets are made from besides their steps.

    Attributes:
        settings: the run's settings.
        formats: source -> staging model of its format.
        retry: how often a failed step is tried again.
    """

    settings: Settings
    formats: Mapping[str, Model]
    retry: dg.RetryPolicy


def step_asset(step: Step, facts: Facts) -> dg.AssetsDefinition:
    """Wrap one step: the asset runs it in the open run and tells what it made."""
    columns = _columns(step, facts)

    @dg.multi_asset(
        name=step.name.replace(".", "_"),
        specs=[_spec(step, columns, facts.settings)],
        check_specs=check_specs(step),
        required_resource_keys={RUN},
        retry_policy=facts.retry,
    )
    def asset(context: dg.AssetExecutionContext) -> Iterable[dg.MaterializeResult[None]]:
        run: OpenRun = getattr(context.resources, RUN)
        result = _taken(run, step)
        yield dg.MaterializeResult(
            asset_key=asset_key(step.name),
            metadata=result_metadata(step, result, run.context.warehouse, columns, facts.formats),
            check_results=check_results(step, result),
        )

    return asset


def _taken(run: OpenRun, step: Step) -> StepResult:
    """Run the step; a fault that stays until somebody mends it is not tried again."""
    try:
        return run.take(step)
    except QueryError:
        raise
    except JourneyLabError as error:
        raise dg.Failure(str(error), allow_retries=False) from error


def _spec(step: Step, columns: Iterable[Column], settings: Settings) -> dg.AssetSpec:
    is_published = step.layer == "publish"
    fresh = timedelta(hours=settings.schedule.fresh_within_hours)
    return dg.AssetSpec(
        asset_key(step.name),
        deps=[asset_key(name) for name in step.reads if not name.startswith("ops.")],
        description=_description(step),
        group_name=step.layer,
        kinds=_kinds(step),
        code_version=_code_version(step),
        metadata=declared_columns(columns),
        freshness_policy=dg.FreshnessPolicy.time_window(fresh) if is_published else None,
    )


def _columns(step: Step, facts: Facts) -> tuple[Column, ...]:
    if step.model is not None:
        return step.model.columns
    if step.layer == "intake":
        raw = facts.formats[step.name.removeprefix("intake.")].raw
        return tuple(Column(column.name, column.type, column.text) for column in raw)
    return ()


def _description(step: Step) -> str:
    if step.model is None:
        return step.about
    return f"{step.about}\n\nGrain: {step.model.grain}."


def _kinds(step: Step) -> set[str]:
    if step.layer == "intake":
        return {"file", "duckdb"}
    is_python = step.model is not None and not step.model.query
    return {"python", "duckdb"} if is_python else {"sql", "duckdb"}


def _code_version(step: Step) -> str | None:
    """Hash of the model file, so that Dagster marks a table whose model changed."""
    if step.model is None:
        return None
    return sha256(step.model.path.read_bytes()).hexdigest()[:12]
