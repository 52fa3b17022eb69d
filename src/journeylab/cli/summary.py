"""The end of a run in plain words: what came in, what changed, what is worst. Never prints."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from journeylab.cli.tables import printable
from journeylab.errors import NoSnapshot
from journeylab.run_report import BLOCKED, RunReport
from journeylab.warehouse import diff

_SHOWN: Final = 3
_CHECKS_SHOWN: Final = 10
_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"))


def summary(report: RunReport, published: Path) -> str:
    """The report of a run as a page of plain text.

    Args:
        report: what the run did.
        published: folder of the snapshots; the one before this run's is compared with it.
    """
    parts = [
        _head(report),
        _section("Came in", _came_in(report)),
        _section("Built again", _carried(report)),
        _section("Checks", _checks(report)),
        _section("Changed", _changed(report, published)),
        _section("Slowest waits before the goal", _bottlenecks(report)),
        _section("Leaks: where journeys end without a goal", _leaks(report)),
        _section("Loops: where people go round", _loops(report)),
        _section("Next", _next(report)),
    ]
    return "\n\n".join(part for part in parts if part)


def duration(seconds: float) -> str:
    """A time with the unit people would choose: 45 s, 12.5 min, 3.2 h, 1.5 d."""
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def _head(report: RunReport) -> str:
    until = f"data until {report.horizon_at:%Y-%m-%d %H:%M} UTC" if report.horizon_at else "no data"
    if report.exit_code == BLOCKED:
        return f"Run {report.run_id} published nothing: a check failed; {until}."
    seconds = sum(step.seconds for step in report.steps)
    return f"Run {report.run_id} published in {duration(seconds)}; {until}."


def _section(title: str, lines: Iterator[str]) -> str:
    told = [f"  {line}" for line in lines]
    return "\n".join([title, *told]) if told else ""


def _came_in(report: RunReport) -> Iterator[str]:
    for source in report.intake:
        if not source.files_seen:
            yield f"{source.source}: no file in its landing folder"
            continue
        told = f"{source.source}: {_many(source.files_loaded, 'new file')}"
        if source.files_known:
            told += f", {source.files_known:,} known"
        if source.files_growing:
            told += f", {source.files_growing:,} still being written"
        told += f", {_many(source.rows_read, 'row')}"
        if source.rows_rejected:
            told += f", {source.rows_rejected:,} unreadable"
        yield told
        for name, *why in source.set_aside:
            yield f"  set aside {printable(name)}: {printable(', '.join(why))}"
        if source.rows_expired:
            yield (
                f"  {_many(source.rows_expired, 'row')} past privacy.keep_raw_days went, with the"
                f" copies of {_many(source.copies_expired, 'file')}"
            )
        for name, column, kind in source.new_columns:
            yield (
                f"  new column {printable(column)} ({kind}) since {printable(name)}:"
                " kept in properties, listed in schema_drift"
            )
    yield from _account(report.row_counts)


def _account(row_counts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Where every row delivered so far went; the parts add up to the rows."""

    def total(column: str) -> int:
        return sum(counts[column] for counts in row_counts)

    if total("rows_in"):
        refused = total("consent_refused_rows")
        parts = (
            _many(total("events"), "event"),
            _many(total("duplicates"), "duplicate"),
            f"{total('merged_rows'):,} merged into orders",
            f"{total('waiting_rows'):,} waiting for a later run",
            *([f"{refused:,} without consent"] if refused else []),
            f"{total('rejected_rows'):,} rejected",
        )
        yield f"so far, {_many(total('rows_in'), 'row')} = {' + '.join(parts)}"


def _checks(report: RunReport) -> Iterator[str]:
    failed = report.failed_checks
    yield f"{len(report.checks) - len(failed)} of {len(report.checks)} pass"
    for check in failed[:_CHECKS_SHOWN]:
        rows = _many(check.faulty_rows, "row")
        yield f"{check.severity}: {check.table}: {check.about} (broken by {rows})"
    if len(failed) > _CHECKS_SHOWN:
        yield f"and {len(failed) - _CHECKS_SHOWN} more: journeylab check"


def _carried(report: RunReport) -> Iterator[str]:
    """Whose tables were built again, and which were built whole and why."""
    if report.customers_touched is not None:
        yield f"{_many(report.customers_touched, 'customer')} touched"
    for why, tables in report.built_whole.items():
        shown = ", ".join(tables[:_SHOWN]) + (", …" if len(tables) > _SHOWN else "")
        yield f"{_many(len(tables), 'table')} built whole, because {why}: {shown}"


def _changed(report: RunReport, published: Path) -> Iterator[str]:
    if report.snapshot is None:
        return
    try:
        found = diff(published, after=report.run_id)
    except NoSnapshot:
        yield "this is the first snapshot"
        return
    for table in found.tables:
        before, after = table.rows_before, table.rows_after
        if table.table in ("customers", "events", "sessions", "journeys") and before != after:
            more = (after or 0) - (before or 0)
            yield f"{table.table}: {before or 0:,} -> {after or 0:,} ({more:+,})"
    for kpi in found.kpis:
        if kpi.before != kpi.after and kpi.before is not None and kpi.after is not None:
            yield f"{kpi.kpi}: {kpi.before:,.6g} -> {kpi.after:,.6g}"
    if found.before.content_hash == found.after.content_hash:
        yield f"nothing since {found.before.run_id}: every table holds the same rows"


def _bottlenecks(report: RunReport) -> Iterator[str]:
    for number, found in enumerate(report.findings["bottlenecks"][:_SHOWN], start=1):
        stage = f" ({found['stage']})" if found["stage"] else ""
        visits = _many(found["visits"], "visit")
        yield (
            f"{number}. after {found['touchpoint']}{stage} half of {visits}"
            f" wait {duration(found['wait_p50_seconds'])} or more,"
            f" a tenth {duration(found['wait_p90_seconds'])} or more"
        )


def _leaks(report: RunReport) -> Iterator[str]:
    for number, found in enumerate(report.findings["leaks"][:_SHOWN], start=1):
        yield (
            f"{number}. {found['touchpoint']}: {found['dropped']:,} of"
            f" {_many(found['journeys'], 'journey')} that reached it ended there"
            f" ({found['drop_off_rate']:.1%})"
        )


def _loops(report: RunReport) -> Iterator[str]:
    for number, found in enumerate(report.findings["loops"][:_SHOWN], start=1):
        walk = " -> ".join([*found["touchpoints"], found["touchpoints"][0]])
        yield (
            f"{number}. {walk}: {_many(found['times'], 'time')} in"
            f" {_many(found['journeys'], 'journey')} of {_many(found['customers'], 'customer')}"
        )


def _next(report: RunReport) -> Iterator[str]:
    if any(counts["rejected_rows"] for counts in report.row_counts):
        yield "rejected rows and why:  journeylab rejected list"
    if report.snapshot is None:
        yield "the failed checks:      journeylab check"
        return
    yield 'ask the snapshot:       journeylab sql "show tables"'
    yield "what changed, in full:  journeylab snapshots diff"
    yield f"open it yourself:       {report.snapshot / 'journeylab.duckdb'}"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
