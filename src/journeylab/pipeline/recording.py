"""How a run is remembered: that it began, what its checks found, and how it ended."""

from datetime import timedelta

from journeylab.pipeline.steps import RunContext
from journeylab.warehouse import CheckResult


def begin(context: RunContext) -> None:
    """Record that a run is going on."""
    context.warehouse.execute(
        "insert into ops.runs by name select $run_id as run_id, 'running' as state,"
        " $as_of_at as as_of_at, $config_hash as config_hash, $started_at as started_at",
        {
            "run_id": context.run_id,
            "as_of_at": context.as_of,
            "config_hash": context.settings.config_hash,
            "started_at": context.started_at,
        },
    )


def record(context: RunContext, checks: tuple[CheckResult, ...]) -> None:
    """Record a step's checks in place of those an earlier try of it left."""
    rows = [
        {
            "table_name": check.table,
            "check_name": check.check,
            "severity": check.severity,
            "about": check.about,
            "faulty_rows": check.faulty_rows,
            "query": check.query,
        }
        for check in checks
    ]
    with context.warehouse.transaction():
        context.warehouse.execute(
            "delete from ops.check_results where run_id = $run_id and table_name = $table_name",
            {"run_id": context.run_id, "table_name": checks[0].table},
        )
        context.warehouse.execute(
            "insert into ops.check_results by name"
            " select $run_id as run_id, unnest($rows, recursive := true)",
            {"run_id": context.run_id, "rows": rows},
        )


def state_of(context: RunContext) -> str:
    """How far a run has come that ended without a fault: published, blocked or partial."""
    if (context.settings.paths.published / "snapshots" / context.run_id).is_dir():
        return "published"
    failed = context.warehouse.scalar(
        "select count(*) from ops.check_results"
        " where run_id = $run_id and severity = 'error' and faulty_rows > 0",
        {"run_id": context.run_id},
    )
    return "blocked" if failed else "partial"


def end(context: RunContext, state: str, *, seconds: float) -> None:
    """Record how a run ended.

    Args:
        context: the run.
        state: as ``state_of`` tells, or ``failed``.
        seconds: how long it took.
    """
    context.warehouse.execute(
        "update ops.runs set state = $state, ended_at = $ended_at where run_id = $run_id",
        {
            "state": state,
            "ended_at": context.started_at + timedelta(seconds=seconds),
            "run_id": context.run_id,
        },
    )
