"""Two snapshots -> what differs: tables and their rows, KPIs, the map. Tests nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from journeylab.warehouse.connection import Warehouse, memory, open_read_only, quoted
from journeylab.warehouse.hashing import row_hash
from journeylab.warehouse.models import read_models
from journeylab.warehouse.snapshots import Snapshot, previous, show

_BEFORE: Final = "snapshot_before"
_AFTER: Final = "snapshot_after"
_MAP: Final = "graph_edges"


@dataclass(frozen=True, slots=True)
class TableChange:
    """Rows of one table in two snapshots; None where one of them lacks it."""

    table: str
    rows_before: int | None
    rows_after: int | None
    is_same_content: bool


@dataclass(frozen=True, slots=True)
class RowChange:
    """Rows of one table told apart by its key: only in the later, only in the former, in both.

    ``changed`` rows have the key in both and other values in the columns both have; a change
    of a key is one row removed and one added.
    """

    table: str
    key: tuple[str, ...]
    added: int
    removed: int
    changed: int


@dataclass(frozen=True, slots=True)
class KpiChange:
    """One KPI in two snapshots; None where it is unknown or one of them lacks it.

    ``unit`` is None in snapshots that do not tell it. Bounds are those of the 95 % interval.
    """

    kpi: str
    before: float | None
    after: float | None
    currency: str | None = None
    unit: str | None = None
    before_bounds: tuple[float | None, float | None] = (None, None)
    after_bounds: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """One edge of the map: share of its source's settled flow, and transitions, in each.

    ``change`` is 'appeared', 'vanished' or 'moved'; None is not known, 0 transitions none.
    """

    change: str
    part: str
    from_node: str
    to_node: str
    share_before: float | None
    share_after: float | None
    transitions_before: int
    transitions_after: int


@dataclass(frozen=True, slots=True)
class SnapshotDiff:
    """What differs between two snapshots, tables and KPIs by name."""

    before: Snapshot
    after: Snapshot
    tables: tuple[TableChange, ...]
    kpis: tuple[KpiChange, ...]


def diff(published: Path, before: str | None = None, after: str | None = None) -> SnapshotDiff:
    """Compare two snapshots: rows and content of each table, and the values of ``kpis``.

    Args:
        published: folder of the snapshots.
        before: the older run; None takes the newest that is older than ``after``.
        after: the newer run; None takes the current one.

    Raises:
        NoSnapshot: nothing has been published, or there is no older snapshot.
        UnknownName: no snapshot is named so.
    """
    newer = show(published, after)
    older = show(published, before) if before else previous(published, newer.run_id)
    tables = tuple(
        TableChange(
            table=table,
            rows_before=older.rows.get(table),
            rows_after=newer.rows.get(table),
            is_same_content=older.table_hashes.get(table) == newer.table_hashes.get(table),
        )
        for table in sorted({*older.rows, *newer.rows})
    )
    return SnapshotDiff(older, newer, tables, tuple(_kpi_changes(_kpis(older), _kpis(newer))))


def row_changes(found: SnapshotDiff) -> list[RowChange]:
    """Rows added, removed and changed in each table that differs and has a key, by name.

    Args:
        found: the two snapshots. Tables that one of them lacks, or whose key columns one of
            them lacks, are left out: nothing tells their rows apart.
    """
    models = read_models("marts")
    keys = {model.table: model.key for model in models.values() if model.key}
    wanted = [
        table.table
        for table in found.tables
        if not table.is_same_content
        and table.table in keys
        and table.rows_before is not None
        and table.rows_after is not None
    ]
    with _both(found) as opened:
        changes = [_row_change(opened, table, keys[table]) for table in wanted]
    return [change for change in changes if change is not None]


def edge_changes(found: SnapshotDiff, *, threshold: float) -> list[EdgeChange]:
    """Edges of the map that appeared, vanished, or moved by more than a share.

    Args:
        found: the two snapshots.
        threshold: least change of ``share_out``, in [0, 1], that counts as moved.

    Returns:
        Appeared ones first, then vanished, those with most transitions first; then moved ones,
        the greatest move first; ties by name. Empty where one snapshot has no map.
    """
    if any(_MAP not in snapshot.rows for snapshot in (found.before, found.after)):
        return []
    with _both(found) as opened:
        rows = opened.rows(
            "select part, from_node, to_node, former.share_out, later.share_out,"
            " coalesce(former.transitions, 0), coalesce(later.transitions, 0)"
            f" from {_BEFORE}.main.{_MAP} as former full join {_AFTER}.main.{_MAP} as later"
            " using (part, from_node, to_node)"
            " where coalesce(former.transitions, 0) = 0 or coalesce(later.transitions, 0) = 0"
            " or abs(coalesce(later.share_out, 0) - coalesce(former.share_out, 0)) > $threshold",
            {"threshold": threshold},
        )
    changes = [EdgeChange(_kind(row[5], row[6]), *row) for row in rows]
    return sorted(changes, key=_place)


def _kind(before: int, after: int) -> str:
    if before and after:
        return "moved"
    return "appeared" if after else "vanished"


def _place(edge: EdgeChange) -> tuple[Any, ...]:
    order = ("appeared", "vanished", "moved")
    moved = abs((edge.share_after or 0) - (edge.share_before or 0))
    size = moved if edge.change == "moved" else edge.transitions_before + edge.transitions_after
    return (order.index(edge.change), -size, edge.part, edge.from_node, edge.to_node)


def _row_change(opened: Warehouse, table: str, key: tuple[str, ...]) -> RowChange | None:
    before, after = (opened.columns(f"{side}.main.{table}") for side in (_BEFORE, _AFTER))
    if not {*key} <= before.keys() & after.keys():
        return None
    both = {
        name: kind for name, kind in after.items() if before.get(name) == kind and name not in key
    }
    keys = ", ".join(quoted(name) for name in key)
    sides = [
        f"(select {keys}, true as stands, {row_hash(both)} as content"
        f" from {quoted(f'{side}.main.{table}')})"
        for side in (_BEFORE, _AFTER)
    ]
    same = " and ".join(
        f"former.{quoted(name)} is not distinct from later.{quoted(name)}" for name in key
    )
    counts = opened.rows(
        "select count(*) filter (former.stands is null), count(*) filter (later.stands is null),"
        " count(*) filter (former.content != later.content)"
        f" from {sides[0]} as former full join {sides[1]} as later on {same}"
    )[0]
    return RowChange(table, key, *counts)


def _both(found: SnapshotDiff) -> Warehouse:
    opened = memory()
    for name, snapshot in ((_BEFORE, found.before), (_AFTER, found.after)):
        path = str(snapshot.database).replace("'", "''")
        opened.execute(f"attach '{path}' as {name} (read_only)")
    return opened


_Told = Mapping[str, Any]


def _kpi_changes(
    was: Mapping[tuple[str, str | None], _Told], now: Mapping[tuple[str, str | None], _Told]
) -> Iterable[KpiChange]:
    for kpi, currency in sorted({*was, *now}, key=lambda told: (told[0], told[1] or "")):
        former, later = was.get((kpi, currency), {}), now.get((kpi, currency), {})
        yield KpiChange(
            kpi,
            former.get("value"),
            later.get("value"),
            currency,
            later.get("unit") or former.get("unit"),
            (former.get("low"), former.get("high")),
            (later.get("low"), later.get("high")),
        )


def _kpis(snapshot: Snapshot) -> dict[tuple[str, str | None], _Told]:
    """KPI and currency -> its row; a snapshot of an older release may lack columns."""
    if "kpis" not in snapshot.rows:
        return {}
    with open_read_only(snapshot.database) as opened:
        rows = opened.table("kpis").to_dicts()
    return {
        (row["kpi"], row.get("currency")): {
            **row,
            "value": None if row["value"] is None else float(row["value"]),
        }
        for row in rows
    }
