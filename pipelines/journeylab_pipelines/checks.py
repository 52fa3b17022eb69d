"""The checks of a step -> Dagster asset checks. Judges nothing itself."""

from collections.abc import Iterator
from typing import Final, Literal

import dagster as dg

from journeylab.pipeline import PROOF_CHECK, Step, StepResult
from journeylab.warehouse import read_checks
from journeylab_pipelines.naming import asset_key

Severity = Literal["error", "warn"]

#: Check of every intake asset: a file set aside whole is somebody's to look at.
NO_FILE_SET_ASIDE: Final = "no_file_set_aside"

#: The other one: a column that the source did not have before may be one the format should name.
NO_NEW_COLUMN: Final = "no_new_column"


def check_specs(step: Step) -> list[dg.AssetCheckSpec]:
    """Declare a step's checks: those of its model's header and of ``sql/checks`` on its table.

    A check of severity error blocks everything downstream, publishing at last.
    """
    key = asset_key(step.name)
    return [
        dg.AssetCheckSpec(name, asset=key, description=about, blocking=severity == "error")
        for name, severity, about in _declared(step)
    ]


def check_results(step: Step, result: StepResult) -> list[dg.AssetCheckResult]:
    """Tell how a step's checks ended: the number of faulty rows and the query that finds them."""
    found = [
        _result(step, check.check, check.severity, check.faulty_rows, check.query)
        for check in result.checks
    ]
    if result.intake is not None:
        aside = result.intake.files_set_aside
        found.append(_result(step, NO_FILE_SET_ASIDE, "warn", aside, "journeylab rejected"))
        new = len(result.intake.new_columns)
        found.append(_result(step, NO_NEW_COLUMN, "warn", new, "from schema_drift"))
    return found


def _declared(step: Step) -> Iterator[tuple[str, Severity, str]]:
    if step.layer == "intake":
        yield NO_FILE_SET_ASIDE, "warn", "Every new file could be read; see: journeylab rejected."
        yield NO_NEW_COLUMN, "warn", "Every unnamed column was there before; see: schema_drift."
    if step.layer == "proof":
        yield PROOF_CHECK, "error", step.about
    if step.model is None:
        return
    for number, row_check in enumerate(step.model.checks, start=1):
        yield f"{step.model.table}_{number}", row_check.severity, row_check.message
    for check in read_checks():
        if check.on == step.name:
            yield check.name, check.severity, check.about


def _result(
    step: Step, name: str, severity: Severity, faulty: int, find: str
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=asset_key(step.name),
        check_name=name,
        passed=faulty == 0,
        severity=dg.AssetCheckSeverity(severity.upper()),
        metadata={"faulty": faulty, "find_them": find},
    )
