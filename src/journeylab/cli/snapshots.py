"""``journeylab snapshots``: list, show, compare, roll back and prune what has been published."""

from datetime import UTC, datetime
from pathlib import Path

from cyclopts import App

from journeylab.cli.tables import aligned
from journeylab.errors import InputRefused
from journeylab.privacy import thin_older
from journeylab.settings import load_settings
from journeylab.warehouse import Snapshot, hold, kept, list_snapshots, thinned_beyond
from journeylab.warehouse import diff as compared
from journeylab.warehouse import prune as pruned
from journeylab.warehouse import rollback as rolled_back
from journeylab.warehouse import show as shown

snapshots = App(
    name="snapshots",
    help="List, show, compare, roll back and prune published snapshots.",
    help_epilogue="Example: journeylab snapshots diff",
    help_format="plaintext",
)


@snapshots.command(name="list")
def list_(*, config: Path | None = None) -> None:
    """List the published snapshots, newest first; '*' marks the current one.

    A snapshot holds 'rows' of customers, journeys and events beside its aggregates, or, once
    it was thinned, its aggregates ('marts') alone; 'r1' was redacted once.

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
            snapshot.content_hash[:8],
            _holds(snapshot),
        ]
        for snapshot in found
    ]
    heads = ["", "run", "as of (UTC)", "data until (UTC)", "rows", "MB", "content", "holds"]
    right = [False, False, False, False, True, True, False, False]
    print("\n".join(aligned(heads, cells, right)))


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
        "holds": "rows and aggregates" if snapshot.has_rows else "aggregates alone",
        "redactions": f"{snapshot.redactions}",
        "k_floor": f"{snapshot.k_floor}, {snapshot.hidden_rows:,} rows hidden"
        if snapshot.k_floor
        else "none",
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
def prune(
    *,
    keep: int | None = None,
    keep_month_ends: int | None = None,
    keep_rows: int | None = None,
    dry_run: bool = False,
    config: Path | None = None,
) -> None:
    """Remove old snapshots and thin those that stay to their aggregates, as every run does.

    Args:
        keep: Newest snapshots that stay; publish.keep of the settings when not given.
        keep_month_ends: Ended months whose last snapshot stays besides.
        keep_rows: Newest snapshots that keep the rows of single customers and events.
        dry_run: Say what would go, and change nothing.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    settings = load_settings(config)
    published, told = settings.paths.published, settings.publish
    keep = told.keep if keep is None else keep
    month_ends = told.keep_month_ends if keep_month_ends is None else keep_month_ends
    rows = told.keep_rows if keep_rows is None else keep_rows
    if min(keep, rows) < 1 or month_ends < 0:
        raise InputRefused(
            "one snapshot at least stays, and keeps its rows",
            "journeylab snapshots prune",
            "give --keep and --keep-rows of 1 or more, --keep-month-ends of 0 or more",
        )
    if dry_run:
        found = list_snapshots(published)
        staying = kept(found, keep=keep, keep_month_ends=month_ends)
        gone = [snapshot for snapshot in found if snapshot not in staying]
        thinned = thinned_beyond(staying, rows)
    else:
        with hold(settings.paths.lock, started_at=datetime.now(UTC)):
            gone = pruned(published, keep=keep, keep_month_ends=month_ends)
            thinned = thin_older(
                published,
                keep_rows=rows,
                k_floor=settings.privacy.k_floor,
                storage_version=told.storage_version,
            )
    would = "would be " if dry_run else ""
    for snapshot in gone:
        print(f"{snapshot.run_id} {would}removed, {snapshot.bytes / 1e6:,.1f} MB")
    for snapshot in thinned:
        print(f"{snapshot.run_id} {would}thinned, {snapshot.bytes / 1e6:,.1f} MB")
    if not gone and not thinned:
        print("nothing to remove and nothing to thin")


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


def _holds(snapshot: Snapshot) -> str:
    """'rows' or, where it was thinned, 'marts'; with the number of redactions."""
    told = "rows" if snapshot.has_rows else "marts"
    return f"{told} r{snapshot.redactions}" if snapshot.redactions else told


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
