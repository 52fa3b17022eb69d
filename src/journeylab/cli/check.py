"""``journeylab check``: the judged checks of the last run, and what to do about them."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from journeylab.cli.tables import aligned
from journeylab.errors import LockHeld
from journeylab.run_report import BLOCKED, DONE, DONE_WITH_WARNINGS
from journeylab.settings import Settings, load_settings
from journeylab.warehouse import hold, open_current, open_read_only

_LAST_RUN = """
    select severity, table_name, check_name, faulty_rows, about, run_id
    from ops.check_results
    where run_id = (select max(run_id) from ops.check_results)
    order by faulty_rows = 0, severity, table_name, check_name
"""
_PUBLISHED = """
    select severity, table_name, check_name, faulty_rows, about, run_id
    from check_results
    where run_id = (select max(run_id) from check_results)
    order by faulty_rows = 0, severity, table_name, check_name
"""


def check(*, all_: bool = False, config: Path | None = None) -> int:
    """Print the checks of the last run, blocked or published.

    While another run holds the warehouse, the checks of the current snapshot are printed.

    Args:
        all_: Print the passed checks too.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    judged, where = _judged(load_settings(config))
    failed = judged.filter(pl.col("faulty_rows") > 0)
    shown = judged if all_ else failed
    run_id = judged["run_id"][0] if judged.height else "none yet"
    print(f"run {run_id} ({where}): {judged.height - failed.height} of {judged.height} checks pass")
    if shown.height:
        columns = ["severity", "table_name", "check_name", "faulty_rows", "about"]
        cells = [[str(value) for value in row] for row in shown.select(columns).rows()]
        heads = ["severity", "table", "check", "faulty rows", "what must hold"]
        print("\n".join(aligned(heads, cells, [False, False, False, True, False])))
    severities = set(failed["severity"])
    if "error" in severities:
        return BLOCKED
    return DONE_WITH_WARNINGS if severities else DONE


def _judged(settings: Settings) -> tuple[pl.DataFrame, str]:
    paths = settings.paths
    if paths.warehouse.is_file():
        try:
            with (
                hold(paths.lock, started_at=datetime.now(UTC)),
                open_read_only(paths.warehouse) as warehouse,
            ):
                return warehouse.frame(_LAST_RUN), "last run"
        except LockHeld:
            pass  # a run is at work: what it will find is not known yet
    with open_current(paths.published) as snapshot:
        return snapshot.frame(_PUBLISHED), "current snapshot"
