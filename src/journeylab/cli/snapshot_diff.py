"""The difference of two snapshots as text of 100 columns, or as JSON. Never prints."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Final

from journeylab.cli.tables import aligned
from journeylab.snapshot_changes import KpiDifference
from journeylab.warehouse import EdgeChange, RowChange, SnapshotDiff

_EDGES_SHOWN: Final = 10
_EDGE_CHARACTERS: Final = 56


def as_text(
    found: SnapshotDiff,
    rows: Sequence[RowChange],
    kpis: Sequence[KpiDifference],
    edges: Sequence[EdgeChange],
    moved: float,
) -> str:
    """Three tables and what they leave out.

    Args:
        found: the two snapshots.
        rows: changes by key.
        kpis: changes with their tests.
        edges: changes of the map.
        moved: the threshold the edges were chosen by.
    """
    parts = [
        [f"{found.before.run_id} -> {found.after.run_id}"],
        list(_data(found, rows)),
        list(_kpis(kpis)),
        list(_map(edges, moved)),
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def as_json(
    found: SnapshotDiff,
    rows: Sequence[RowChange],
    kpis: Sequence[KpiDifference],
    edges: Sequence[EdgeChange],
) -> str:
    """Everything as one JSON object; tables that hold the same rows are left out."""
    told = {
        "before": found.before.run_id,
        "after": found.after.run_id,
        "tables": [asdict(table) for table in found.tables if not table.is_same_content],
        "rows": [asdict(change) for change in rows],
        "kpis": [asdict(kpi) for kpi in kpis],
        "edges": [asdict(edge) for edge in edges],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _data(found: SnapshotDiff, rows: Sequence[RowChange]) -> Iterator[str]:
    by_table = {change.table: change for change in rows}
    cells = []
    for table in found.tables:
        if table.is_same_content:
            continue
        change = by_table.get(table.table)
        told = [f"{n:,}" for n in (change.added, change.removed, change.changed)] if change else []
        cells.append(
            [
                table.table,
                _count(table.rows_before),
                _count(table.rows_after),
                *(told or ["not told apart", "", ""]),
            ]
        )
    if cells:
        heads = ["table", "before", "after", "added", "removed", "changed"]
        yield from aligned(heads, cells, [False, True, True, True, True, True])
    same = len(found.tables) - len(cells)
    yield f"{same} of {len(found.tables)} tables hold the same rows"


def _kpis(kpis: Sequence[KpiDifference]) -> Iterator[str]:
    changed = [kpi for kpi in kpis if kpi.before != kpi.after]
    if changed:
        heads = ["kpi", "before", "after", "change", "95 % interval", "test"]
        cells = [
            [
                kpi.kpi + (f" ({kpi.currency})" if kpi.currency else ""),
                _figure(kpi.before),
                _figure(kpi.after),
                _change(kpi),
                "" if kpi.low is None else f"{kpi.low:+.3g} to {kpi.high:+.3g}",
                kpi.test + (" *" if kpi.is_beyond_chance else ""),
            ]
            for kpi in changed
        ]
        yield from aligned(heads, cells, [False, True, True, True, False, False])
    yield f"{len(kpis) - len(changed)} of {len(kpis)} KPIs are equal; * is beyond chance at 95 %"


def _map(edges: Sequence[EdgeChange], moved: float) -> Iterator[str]:
    cells = []
    left_out = 0
    for change in ("appeared", "vanished", "moved"):
        those = [edge for edge in edges if edge.change == change]
        left_out += max(0, len(those) - _EDGES_SHOWN)
        cells += [
            [
                edge.change,
                edge.part,
                _shortened(f"{edge.from_node} -> {edge.to_node}"),
                _share(edge.share_before),
                _share(edge.share_after),
            ]
            for edge in those[:_EDGES_SHOWN]
        ]
    if cells:
        heads = ["edge", "part", "from -> to", "before", "after"]
        yield from aligned(heads, cells, [False, False, False, True, True])
    counts = [
        f"{sum(edge.change == change for edge in edges)} {change}"
        for change in ("appeared", "vanished", "moved")
    ]
    more = f", {left_out} not shown; --json has all" if left_out else ""
    yield f"map: {', '.join(counts)} by more than {moved:g} of their source's flow{more}"


def _count(rows: int | None) -> str:
    return "none" if rows is None else f"{rows:,}"


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.4g}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _change(kpi: KpiDifference) -> str:
    if kpi.before is None or kpi.after is None:
        return "new" if kpi.before is None else "gone"
    return f"{kpi.after - kpi.before:+,.4g}"


def _shortened(text: str) -> str:
    return text if len(text) <= _EDGE_CHARACTERS else text[: _EDGE_CHARACTERS - 1] + "…"
