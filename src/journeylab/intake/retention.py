"""Raw rows past their age -> gone, with the private copies of files of which nothing is left."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from journeylab.warehouse import Model, Warehouse
from journeylab.warehouse.connection import quoted


@dataclass(frozen=True, slots=True)
class Expired:
    """What went of one source: raw and rejected rows, and private copies of files."""

    rows: int = 0
    copies: int = 0


def kept_since(keep_raw_days: int, now: datetime) -> datetime:
    """Instant before which raw rows go: the first of a month, at most so many days before now.

    Whole months go at once, because every customer who loses rows is built anew that night.

    Args:
        keep_raw_days: greatest age of a row in days; at least 62.
        now: the run's as-of, or its start where that is earlier, UTC.

    Example:
        >>> kept_since(90, datetime(2026, 6, 3))
        datetime.datetime(2026, 4, 1, 0, 0)
    """
    oldest = now - timedelta(days=keep_raw_days)
    first = oldest.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first if first == oldest else (first + timedelta(days=32)).replace(day=1)


def expire(
    warehouse: Warehouse, source: str, model: Model, *, before: datetime, landed: Path
) -> Expired:
    """Delete a source's raw rows of what happened before an instant.

    A record of several events goes with its newest; a rejected one by when it was loaded.
    Deliveries that were looked through for this instant before are not looked through again.

    Args:
        warehouse: where the raw table of the format and ``config.sources`` stand.
        source: the source.
        model: staging model of its format.
        before: what happened at it or later stays, UTC.
        landed: private folder of the copies.
    """
    bound = {"source": source, "before": before}
    due = warehouse.rows(
        "select delivery_key from ops.deliveries where source = $source and state = 'loaded'"
        " and coalesce(expired_before < $before, true) order by delivery_key",
        bound,
    )
    if not due:
        return Expired()
    raw = quoted(f"raw.{model.table}")
    with warehouse.transaction():
        warehouse.execute(
            "create or replace temp table intake_expired as"
            f" select aged.delivery_key, aged.row_number, true as is_raw from ("
            "    select delivery_key, row_number,"
            "    max(occurred_at) filter (reject_code is null) as newest_at"
            f"   from ({model.query}) where source = $source and list_contains($due, delivery_key)"
            "    group by delivery_key, row_number"
            " ) as aged inner join ops.deliveries using (delivery_key)"
            " where coalesce(aged.newest_at, ops.deliveries.loaded_at) < $before"
            " union all"
            " select delivery_key, row_number, false from ops.rejected_rows"
            " inner join ops.deliveries using (delivery_key)"
            " where list_contains($due, delivery_key) and loaded_at < $before",
            {**bound, "due": [key for (key,) in due]},
        )
        for table, which in ((raw, "is_raw"), ("ops.rejected_rows", "not is_raw")):
            warehouse.execute(
                f"delete from {table} where (delivery_key, row_number) in"
                f" (select (delivery_key, row_number) from intake_expired where {which})"
            )
        warehouse.execute(
            "update ops.deliveries set expired_before = $before,"
            " rows_expired = coalesce(rows_expired, 0)"
            " + (select count(*) from intake_expired as gone"
            "    where gone.delivery_key = ops.deliveries.delivery_key)"
            " where source = $source and list_contains($due, delivery_key)",
            {**bound, "due": [key for (key,) in due]},
        )
        rows = warehouse.scalar("select count(*) from intake_expired")
        empty = warehouse.rows(
            "update ops.deliveries set state = 'expired'"
            " where delivery_key in (select delivery_key from intake_expired)"
            f" and delivery_key not in (select delivery_key from {raw})"
            " and delivery_key not in (select delivery_key from ops.rejected_rows)"
            " returning sha256"
        )
        warehouse.execute("drop table intake_expired")
    return Expired(rows, sum(_remove_copies(warehouse, sha256, landed) for (sha256,) in empty))


def expire_former(
    warehouse: Warehouse, sources: Collection[str], *, before: datetime, landed: Path
) -> Expired:
    """Delete the rows of sources that are no longer in the settings, by when they were loaded.

    Args:
        warehouse: where the raw tables stand.
        sources: those of the settings.
        before: deliveries loaded at it or later stay, UTC.
        landed: private folder of the copies.
    """
    gone = warehouse.rows(
        "update ops.deliveries set state = 'expired', expired_before = $before,"
        " rows_expired = rows_read where state = 'loaded' and loaded_at < $before"
        " and not list_contains($sources, source) returning delivery_key, sha256, rows_read",
        {"before": before, "sources": sorted(sources)},
    )
    if not gone:
        return Expired()
    tables = [name for name in warehouse.table_names() if name.startswith("raw.")]
    for table in (*tables, "ops.rejected_rows"):
        warehouse.execute(
            f"delete from {quoted(table)} where list_contains($keys, delivery_key)",
            {"keys": [key for key, _, _ in gone]},
        )
    copies = sum(_remove_copies(warehouse, sha256, landed) for _, sha256, _ in gone)
    return Expired(sum(rows for _, _, rows in gone), copies)


def _remove_copies(warehouse: Warehouse, sha256: str, landed: Path) -> int:
    """Remove the copy of a file, unless another source loaded the same one and still has rows."""
    if warehouse.scalar(
        "select count(*) from ops.deliveries where sha256 = $sha256 and state = 'loaded'",
        {"sha256": sha256},
    ):
        return 0
    copies = list(landed.glob(f"{sha256}*"))
    for copy in copies:
        copy.unlink()
    return len(copies)
