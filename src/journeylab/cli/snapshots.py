"""``journeylab snapshots``: list, show, compare, roll back and prune what has been published."""

from datetime import UTC, datetime
from pathlib import Path

from cyclopts import App

from journeylab.cli.snapshot_diff import as_json, as_text
from journeylab.cli.tables import aligned
from journeylab.errors import InputRefused
from journeylab.privacy import thin_older
from journeylab.settings import load_settings
from journeylab.snapshot_changes import kpi_differences
from journeylab.warehouse import (
    Snapshot,
    edge_changes,
    hold,
    kept,
    list_snapshots,
    row_changes,
    thinned_beyond,
)
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
    before: str | None = None,
    after: str | None = None,
    /,
    *,
    moved: float = 0.05,
    json: bool = False,
    config: Path | None = None,
) -> None:
    """Compare two snapshots: the data by its rows, the KPIs with a test, the map by its edges.

    Args:
        before: The older run; the one before the newer when not given.
        after: The newer run; the current one when not given.
        moved: Least change of an edge's share of its source's flow that is told.
        json: Print everything as JSON.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    if not 0 <= moved <= 1:
        raise InputRefused(f"--moved is {moved:g}", "journeylab snapshots diff", "give 0 to 1")
    found = compared(load_settings(config).paths.published, before, after)
    rows = row_changes(found)
    kpis = kpi_differences(found)
    edges = edge_changes(found, threshold=moved)
    print(as_json(found, rows, kpis, edges) if json else as_text(found, rows, kpis, edges, moved))


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
