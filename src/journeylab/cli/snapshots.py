"""``journeylab snapshots``: list, show, compare and roll back what has been published."""

from datetime import UTC, datetime
from pathlib import Path

from cyclopts import App

from journeylab.cli.tables import aligned
from journeylab.settings import load_settings
from journeylab.warehouse import diff as compared
from journeylab.warehouse import hold, list_snapshots
from journeylab.warehouse import rollback as rolled_back
from journeylab.warehouse import show as shown

snapshots = App(
    name="snapshots",
    help="List, show, compare and roll back published snapshots.",
    help_epilogue="Example: journeylab snapshots diff",
    help_format="plaintext",
)


@snapshots.command(name="list")
def list_(*, config: Path | None = None) -> None:
    """List the published snapshots, newest first; '*' marks the current one.

    Args:
        config: Settings file; journeylab.toml in this folder when not given.
    """
    found = list_snapshots(load_settings(config).paths.published)
    if not found:
        print("nothing is published yet; make a snapshot with: journeylab run")
        return
    cells = [
        [
            "*" if snapshot.is_current else "",
            snapshot.run_id,
            _minute(snapshot.as_of_at),
            _minute(snapshot.horizon_at),
            f"{sum(snapshot.rows.values()):,}",
            f"{snapshot.bytes / 1e6:,.1f}",
            snapshot.content_hash[:12],
        ]
        for snapshot in found
    ]
    heads = ["", "run", "as of (UTC)", "data until (UTC)", "rows", "MB", "content"]
    print("\n".join(aligned(heads, cells, [False, False, False, False, True, True, False])))


@snapshots.command
def show(run_id: str | None = None, /, *, config: Path | None = None) -> None:
    """Show one snapshot: what made it, and the rows of its tables.

    Args:
        run_id: The run, or its beginning; the current snapshot when not given.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    snapshot = shown(load_settings(config).paths.published, run_id)
    facts = {
        "run": snapshot.run_id + (" (current)" if snapshot.is_current else ""),
        "file": str(snapshot.database),
        "as of (UTC)": _minute(snapshot.as_of_at),
        "data until (UTC)": _minute(snapshot.horizon_at),
        "content hash": snapshot.content_hash,
        "settings hash": snapshot.config_hash,
        "input hash": snapshot.input_fingerprint,
        "file sha-256": snapshot.sha256,
        "made by": f"journeylab {snapshot.journeylab_version}, DuckDB {snapshot.duckdb_version}",
    }
    print("\n".join(f"{name + ':':<18}{value}" for name, value in facts.items()), end="\n\n")
    cells = [[table, f"{rows:,}"] for table, rows in sorted(snapshot.rows.items())]
    print("\n".join(aligned(["table", "rows"], cells, [False, True])))


@snapshots.command
def diff(
    before: str | None = None, after: str | None = None, /, *, config: Path | None = None
) -> None:
    """Compare two snapshots: rows of each table that differs, and KPIs that changed.

    Args:
        before: The older run; the one before the newer when not given.
        after: The newer run; the current one when not given.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    found = compared(load_settings(config).paths.published, before, after)
    print(f"{found.before.run_id} -> {found.after.run_id}\n")
    tables = [
        [
            table.table,
            _count(table.rows_before),
            _count(table.rows_after),
            _change(table.rows_before, table.rows_after, "content"),
        ]
        for table in found.tables
        if not table.is_same_content
    ]
    same = len(found.tables) - len(tables)
    if tables:
        heads = ["table", "before", "after", "change"]
        print("\n".join(aligned(heads, tables, [False, True, True, True])))
    print(f"{same} of {len(found.tables)} tables hold the same rows\n")
    kpis = [
        [kpi.kpi, _figure(kpi.before), _figure(kpi.after), _change(kpi.before, kpi.after, "")]
        for kpi in found.kpis
        if kpi.before != kpi.after
    ]
    if kpis:
        heads = ["kpi", "before", "after", "change"]
        print("\n".join(aligned(heads, kpis, [False, True, True, True])))
    print(f"{len(found.kpis) - len(kpis)} of {len(found.kpis)} KPIs are equal")


@snapshots.command
def rollback(run_id: str | None = None, /, *, config: Path | None = None) -> None:
    """Make an older snapshot the current one; nothing is removed.

    Args:
        run_id: The run to go to; the one before the current one when not given.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    paths = load_settings(config).paths
    with hold(paths.lock, started_at=datetime.now(UTC)):
        now = rolled_back(paths.published, run_id)
    print(f"current is now {now.run_id}; the next run publishes a new snapshot")


def _minute(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M}" if instant else "unknown"


def _count(rows: int | None) -> str:
    return "none" if rows is None else f"{rows:,}"


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.6g}"


def _change(before: float | None, after: float | None, equal: str) -> str:
    if before is None or after is None:
        return "new" if before is None else "gone"
    return f"{after - before:+,.6g}" if after != before else equal
