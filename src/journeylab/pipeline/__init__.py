"""The steps of a run in order, and the run itself. The command line and Dagster both walk it."""

from journeylab.pipeline.customers import lay_inputs
from journeylab.pipeline.parity import ENGINES, Parity, TableParity, parity
from journeylab.pipeline.proof import CHECK as PROOF_CHECK
from journeylab.pipeline.registry import formats_in_use, registry
from journeylab.pipeline.replaying import open_between_runs, replay_rows
from journeylab.pipeline.restoring import Restored, restore
from journeylab.pipeline.runs import open_run, run, run_on, take
from journeylab.pipeline.steps import (
    LAYERS,
    RunContext,
    Step,
    StepResult,
    in_order,
    made_by_python,
    make_table,
    model_step,
    model_steps,
)

__all__ = [
    "ENGINES",
    "LAYERS",
    "PROOF_CHECK",
    "Parity",
    "Restored",
    "RunContext",
    "Step",
    "StepResult",
    "TableParity",
    "formats_in_use",
    "in_order",
    "lay_inputs",
    "made_by_python",
    "make_table",
    "model_step",
    "model_steps",
    "open_between_runs",
    "open_run",
    "parity",
    "registry",
    "replay_rows",
    "restore",
    "run",
    "run_on",
    "take",
]
