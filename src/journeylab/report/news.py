"""What stands on top of the report: changes, findings, freshness, checks, as tables of text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl

from journeylab.errors import NoSnapshot
from journeylab.lab import Lab
from journeylab.views.content import Form
from journeylab.views.locales import Locale, text_in
from journeylab.views.written import NOTHING, interval, written
from journeylab.warehouse import diff

#: The business figures that a morning looks at, in plain words.
LABELS: Final = {
    "conversion_rate": "Conversion (of settled journeys)",
    "journeys": "Journeys",
    "journeys_converted": "Journeys that bought",
    "journeys_dropped": "Journeys that left without buying",
    "journeys_open": "Journeys still open",
    "back_and_forth_share": "Went back at least once",
    "customers": "Customers",
    "sessions": "Sessions",
    "orders": "Orders",
    "revenue": "Revenue",
    "time_to_goal_p50_converted_only": "Median time to purchase",
}

_FORMS: Final[Mapping[str, Form]] = {
    "share": "share",
    "count": "count",
    "money": "money",
    "seconds": "seconds",
}
_FINDINGS_SHOWN: Final = 5
_CHECKS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the news.

    Attributes:
        name: id, of letters.
        title: heading.
        sentences: in reading order, plain text.
        heads: headings of the table; none without one.
        rows: cells of the table, plain text.
    """

    name: str
    title: str
    sentences: tuple[str, ...]
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def part_in(part: Part, locale: Locale) -> Part:
    """The same part with numbers and days as the locale writes them."""
    return replace(
        part,
        sentences=tuple(text_in(sentence, locale) for sentence in part.sentences),
        rows=tuple(tuple(text_in(told, locale) for told in row) for row in part.rows),
    )


def news(lab: Lab, published: Path, *, timezone: str) -> tuple[Part, ...]:
    """The parts on top of the report.

    Args:
        lab: the snapshot it is about.
        published: folder of the snapshots; the one before is compared with it.
        timezone: of the times told.
    """
    info = lab.table("snapshot_info").row(0, named=True)
    return (
        _since_last_night(lab, published, info["run_id"]),
        _since_last_week(lab),
        _findings(lab),
        _freshness(lab, info, timezone),
        _checks(lab),
    )


def _since_last_night(lab: Lab, published: Path, run_id: str) -> Part:
    title = "What changed since the last run"
    try:
        found = diff(published, after=run_id)
    except NoSnapshot:
        told = "This is the first snapshot that is kept: there is none to compare it with."
        return Part(name="night", title=title, sentences=(told,))
    units = {row["kpi"]: row for row in lab.table("kpis").iter_rows(named=True)}
    rows = tuple(
        (
            LABELS[kpi.kpi],
            _said(kpi.before, units[kpi.kpi]),
            _said(kpi.after, units[kpi.kpi]),
            _change(kpi.before, kpi.after, units[kpi.kpi]),
        )
        for kpi in sorted(found.kpis, key=lambda kpi: _place(kpi.kpi))
        if kpi.kpi in LABELS and kpi.kpi in units and kpi.before != kpi.after
    )
    same = sum(table.is_same_content for table in found.tables)
    sentences = [f"{same} of {len(found.tables)} tables hold the same rows as before."]
    if found.before.config_hash != found.after.config_hash:
        sentences.append("The settings changed too, so figures may differ for that reason alone.")
    if not rows:
        sentences.insert(0, "No business figure changed.")
    heads = ("Figure", "Before", "Now", "Change") if rows else ()
    return Part(name="night", title=title, sentences=tuple(sentences), heads=heads, rows=rows)


def _since_last_week(lab: Lab) -> Part:
    settled = lab.kpis_by("week").filter(
        ~pl.col("is_immature") & pl.col("value").is_not_null() & pl.col("kpi").is_in(list(LABELS))
    )
    latest = settled.filter(pl.col("week") == pl.col("week").max().over("kpi", "currency"))
    rows = tuple(
        (
            LABELS[row["kpi"]] + (" (started that week)" if row["unit"] == "share" else ""),
            f"{row['week']:%-d %b} to {row['week'] + timedelta(days=6):%-d %b %Y}",
            _said(row["value_before"], row),
            _said(row["value"], row),
            _weekly_change(row),
        )
        for row in sorted(
            latest.iter_rows(named=True),
            key=lambda row: (_place(row["kpi"]), row["currency"] or ""),
        )
    )
    told = (
        "The last whole week of each figure against the week before. Conversion waits until the"
        " journeys of the week are old enough to be judged."
        if rows
        else "No week is whole yet."
    )
    heads = ("Figure", "Week", "Week before", "That week", "Change") if rows else ()
    title = "What changed since the week before"
    return Part(name="week", title=title, sentences=(told,), heads=heads, rows=rows)


def _findings(lab: Lab) -> Part:
    title = "What to look at first"
    found = lab.table("opportunities").sort("rank").head(_FINDINGS_SHOWN)
    if found.is_empty():
        told = "No place stands out from comparable ones by more than chance explains."
        return Part(name="findings", title=title, sentences=(told,))
    sentences = [row["sentence"] + _worth(row) for row in found.iter_rows(named=True)]
    return Part(
        name="findings",
        title=title,
        sentences=(*sentences, "Associated with the outcome, which does not prove a cause."),
    )


def _worth(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return ""
    return f" Worth about {written(row['value'], 'count')} {row['currency'] or ''}".rstrip() + "."


def _freshness(lab: Lab, info: Mapping[str, Any], timezone: str) -> Part:
    until = written(info["horizon_at"], "instant", timezone)
    sentences = (
        f"The data reaches to {until} ({timezone});"
        f" counted as of {written(info['as_of_at'], 'instant', timezone)}.",
    )
    rows = tuple(
        (
            row["source"],
            written(row["last_event_at"], "instant", timezone),
            written(row["events"], "count"),
            written(row["rejected_rows"], "count"),
            written(row["files_set_aside"], "count"),
        )
        for row in lab.table("data_health").sort("source").iter_rows(named=True)
    )
    heads = ("Source", "Last event", "Events", "Rejected rows", "Files set aside")
    title = "How fresh the data is"
    return Part(name="freshness", title=title, sentences=sentences, heads=heads, rows=rows)


def _checks(lab: Lab) -> Part:
    checks = lab.table("check_results")
    failed = checks.filter(~pl.col("is_passed")).sort("severity", "table_name", "check_name")
    sentences = [f"{checks.height - failed.height} of {checks.height} checks pass."]
    if failed.height > _CHECKS_SHOWN:
        sentences.append(f"The first {_CHECKS_SHOWN} of {failed.height} that do not:")
    rows = tuple(
        (row["severity"], row["table_name"], row["about"], written(row["faulty_rows"], "count"))
        for row in failed.head(_CHECKS_SHOWN).iter_rows(named=True)
    )
    heads = ("Severity", "Table", "What should hold", "Rows that break it") if rows else ()
    return Part(name="checks", title="Checks", sentences=tuple(sentences), heads=heads, rows=rows)


def _place(kpi: str) -> int:
    return list(LABELS).index(kpi) if kpi in LABELS else len(LABELS)


def _said(value: float | None, row: Mapping[str, Any]) -> str:
    told = written(value, _FORMS.get(row["unit"], "number"))
    return f"{told} {row['currency']}" if row["currency"] and value is not None else told


def _change(before: float | None, after: float | None, row: Mapping[str, Any]) -> str:
    if before is None or after is None:
        return NOTHING
    if row["unit"] == "share":
        return f"{100 * (after - before):+.1f} percentage points"
    sign = "+" if after > before else "−" if after < before else "±"  # noqa: RUF001 - a minus
    return sign + _said(abs(after - before), row)


def _weekly_change(row: Mapping[str, Any]) -> str:
    told = _change(row["value_before"], row["value"], row)
    notes: Iterable[str] = (
        _points(row["change_low"], row["change_high"]),
        "few customers" if row["is_insufficient"] else "",
        f"{interval(row['low'], row['high'])} of {row['n']:,}" if row["low"] is not None else "",
    )
    return "; ".join([told, *(note for note in notes if note)])


def _points(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return f"95% interval {100 * low:+.1f} to {100 * high:+.1f} points"
