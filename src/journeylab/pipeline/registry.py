"""The registry: every step of a run in order. The command line and Dagster both walk it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from journeylab.errors import SettingsError, UnknownName
from journeylab.intake import IntakeReport, expire, expire_former, kept_since, load_source
from journeylab.pipeline.distributing import on_spark
from journeylab.pipeline.forgotten import erase_of
from journeylab.pipeline.nights import carried_on
from journeylab.pipeline.proof import proof_step
from journeylab.pipeline.publication import publish_run
from journeylab.pipeline.steps import (
    LAYERS,
    RunContext,
    Step,
    StepResult,
    in_order,
    make_table,
    model_step,
    model_steps,
)
from journeylab.settings import Settings
from journeylab.warehouse import Model, read_models

#: The union of the staged formats; the run adds the tables of the formats in use.
UNION: Final = "staging.rows"

#: Tables that tell of the run itself, built after all others.
TOLD_LAST: Final = ("marts.check_results", "marts.runs")


def registry(settings: Settings) -> list[Step]:
    """Every step of a run in order: intake, the models, publishing.

    Args:
        settings: they name the sources, and so the formats in use.

    Returns:
        Steps sorted so that each stands after those it reads.

    Raises:
        UnknownName: a source names a format nobody wrote.
        ModelError: the models do not fit together.
    """
    formats = formats_in_use(settings)
    intake = [_intake_step(name, formats[name]) for name in sorted(settings.sources)]
    staged = [_staging_step(model, formats) for model in _distinct(formats.values())]
    tables = tuple(step.name for step in staged)
    used = _distinct(formats.values())
    models = [
        carried_on(
            replace(step, reads=(*step.reads, *tables)) if step.name == UNION else step, used
        )
        for step in model_steps(LAYERS)
        if step.model is not None and not step.model.raw
    ]
    if settings.run.engine == "spark":
        models = on_spark(models, [*intake, *staged], used)
    told = [step for step in models if step.name in TOLD_LAST]
    others = [step for step in models if step.name not in TOLD_LAST]
    read = {name for step in others for name in step.reads}
    leaves = tuple(step.name for step in others if step.name not in read)
    proof = proof_step(in_order((*intake, *staged, *others)), used)
    told = [replace(step, reads=(*step.reads, *leaves, proof.name)) for step in told]
    made = (*staged, *others, proof, *told)
    return in_order((*intake, *made, _publish_step(made)))


def formats_in_use(settings: Settings) -> dict[str, Model]:
    """The staging model of each source, by its channel and format: source -> model.

    Raises:
        SettingsError: there is no source.
        UnknownName: there is no such format for the channel.
    """
    if not settings.sources:
        place = f"settings of {settings.root}"
        raise SettingsError("no source is configured", place, "start with: journeylab init")
    known = {name: model for name, model in read_models("staging").items() if model.raw}
    found = {}
    for name, source in settings.sources.items():
        wanted = (f"staging.{source.channel}_{source.format}", f"staging.any_{source.format}")
        model = next((known[key] for key in wanted if key in known), None)
        if model is None:
            formats = [key.removeprefix("staging.").split("_", 1)[1] for key in known]
            place = f"settings, source {name!r}, channel {source.channel!r}"
            raise UnknownName.of("format", source.format, place, formats)
        found[name] = model
    return found


def _distinct(models: Iterable[Model]) -> list[Model]:
    return list({model.name: model for model in models}.values())


def _intake_step(name: str, model: Model) -> Step:
    def run(context: RunContext) -> StepResult:
        report = load_source(
            context.warehouse,
            name,
            context.settings.sources[name],
            model,
            landed=context.settings.paths.landed,
            run_id=context.run_id,
            loaded_at=context.started_at,
            erase=erase_of(context, model),
        )
        report = _aged(context, name, model, report)
        return StepResult(report.rows_loaded, intake=report)

    about = f"Loads the new files of source {name} into raw.{model.table}, one transaction a file."
    return Step(f"intake.{name}", "intake", about, (), run)


def _aged(context: RunContext, name: str, model: Model, report: IntakeReport) -> IntakeReport:
    """Let raw rows go that have passed their age; a run as of a later day is no reason."""
    days = context.settings.privacy.keep_raw_days
    if days is None:
        return report
    make_table(read_models("config")["config.sources"], context.warehouse, context.params)
    before = kept_since(days, min(context.as_of, context.started_at))
    landed = context.settings.paths.landed
    own = expire(context.warehouse, name, model, before=before, landed=landed)
    former = expire_former(
        context.warehouse, context.settings.sources, before=before, landed=landed
    )
    return replace(
        report,
        rows_expired=own.rows + former.rows,
        copies_expired=own.copies + former.copies,
    )


def _staging_step(model: Model, formats: Mapping[str, Model]) -> Step:
    step = model_step(model)
    intake = tuple(f"intake.{name}" for name, used in sorted(formats.items()) if used == model)
    reads = tuple(name for name in model.reads if not name.startswith("raw."))
    return replace(step, reads=(*intake, *reads))


def _publish_step(tables: tuple[Step, ...]) -> Step:
    names = [step.name for step in tables]
    marts = tuple(step.name for step in tables if step.layer == "marts")

    def run(context: RunContext) -> StepResult:
        snapshot = publish_run(context, names)
        return StepResult(sum(snapshot.rows.values()), snapshot=snapshot)

    about = "Publishes the marts as one read-only snapshot, unless an error check failed."
    return Step("publish.snapshot", "publish", about, marts, run)
