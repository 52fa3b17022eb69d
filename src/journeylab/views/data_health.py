"""Data health: can today's figures be trusted? What came in, what was refused, what was checked."""

from typing import Any, Final

import polars as pl

from journeylab import figures
from journeylab.lab import Lab
from journeylab.views.content import Column, Content, Fact, Panel
from journeylab.views.filters import Choices, Filters
from journeylab.views.written import written

_SOURCES: Final = (
    "Every delivered row ends in exactly one place: an event, a duplicate of one, a part of an"
    " order already told, waiting because it lies after the instant of the run, or rejected."
    " Freshness: from a source's newest event to that instant. The data is complete up to its"
    " newest event (the horizon); where sources are required, up to the newest event of the one"
    " that is furthest behind."
)
_REJECTED: Final = (
    "Rows that cannot become events, by reason; the rows stay in the private warehouse, where"
    " journeylab rejected list shows them. Rejected share: rejected rows ÷ delivered rows."
)
_DELIVERIES: Final = (
    "Every file ever seen, by its content: the same bytes are loaded once. Set aside: refused"
    " whole, for example because it was cut off; deliver it again."
)
_IDENTITY: Final = (
    "How identifiers (accounts, addresses, devices) were joined to customers: customers by their"
    " number of identifiers, shared devices, identifiers refused as placeholders, pairs in"
    " conflict that were not joined. Share: of all customers, or of all events."
)
_CHECKS: Final = (
    "Assertions about the tables, judged in every run. An error blocks publishing; a warning is"
    " published with its flag. Faulty rows: rows that break the assertion."
)
_RUNS: Final = (
    "Every run of the warehouse. Published: it passed all checks that block. The run that made"
    " this snapshot is still 'running' here."
)
_DRIFT: Final = (
    "Columns that a source delivers and its format does not name. Their values are kept, and no"
    " figure uses them until the format names them."
)
#: Measures of the identity audit whose items name single customers or identifiers.
_NAMING: Final = ("largest_customer", "highest_degree")


def data_health(lab: Lab, filters: Filters, choices: Choices, dark: bool) -> Content:
    """Horizon, freshness, deliveries, rejected rows, identity, checks, runs, schema drift."""
    info = lab.sql("select run_id, as_of_at, horizon_at from snapshot_info").row(0, named=True)
    sources = lab.table("data_health")
    checks = lab.table("check_results").filter(run_id=info["run_id"])
    zone = choices.timezone
    who = _who(sources, info, zone)
    delivered, rejected = int(sources["rows_in"].sum()), int(sources["rejected_rows"].sum())
    failed = checks.filter(~pl.col("is_passed")).height
    headline = (
        f"{_horizon(info, zone)} {checks.height - failed} of {checks.height} checks pass;"
        f" {rejected:,} of {delivered:,} delivered rows could not be used."
    )
    return Content(
        headline=headline,
        facts=_facts(info, sources, checks, zone),
        panels=(
            _sources(sources, info, who, zone, dark),
            _rejected(lab, who, dark),
            _deliveries(lab, who),
            _checks(checks, who),
            _identity(lab, who),
            _runs(lab, who),
            _drift(lab, who),
        ),
    )


def _horizon(info: dict[str, Any], zone: str) -> str:
    if info["horizon_at"] is None:
        return "There is no event yet."
    return f"The data is complete up to {written(info['horizon_at'], 'instant', zone)}."


def _who(sources: pl.DataFrame, info: dict[str, Any], zone: str) -> str:
    return (
        f"All deliveries: {sources['files_loaded'].sum():,} files of {sources.height} sources,"
        f" {sources['rows_in'].sum():,} rows, {sources['events'].sum():,} events, as of"
        f" {written(info['as_of_at'], 'instant', zone)}, {zone} time. Filters do not apply here."
    )


def _facts(
    info: dict[str, Any], sources: pl.DataFrame, checks: pl.DataFrame, zone: str
) -> tuple[Fact, ...]:
    horizon = info["horizon_at"]
    delivered, rejected = int(sources["rows_in"].sum()), int(sources["rejected_rows"].sum())
    passed = int(checks["is_passed"].sum())
    return (
        Fact(
            label="Data complete up to",
            value=written(horizon, "instant", zone),
            base=f"seen from {written(info['as_of_at'], 'instant', zone)}, {zone} time",
            definition=_SOURCES,
        ),
        Fact(
            label="Rows that could not be used",
            value=f"{rejected / delivered:.2%}" if delivered else "–",
            base=f"{rejected:,} of {delivered:,} delivered rows",
            definition=_REJECTED,
        ),
        Fact(
            label="Checks that pass",
            value=f"{passed} of {checks.height}",
            base="judged in the run of this snapshot",
            definition=_CHECKS,
        ),
        Fact(
            label="Files set aside",
            value=f"{sources['files_set_aside'].sum():,}",
            base=f"beside {sources['files_loaded'].sum():,} files loaded",
            definition=_DELIVERIES,
        ),
    )


def _sources(sources: pl.DataFrame, info: dict[str, Any], who: str, zone: str, dark: bool) -> Panel:
    known = sources.filter(pl.col("last_event_at").is_not_null()).sort("last_event_at", "source")
    sentence = "No source has delivered an event yet."
    if known.height:
        row = known.row(0, named=True)
        sentence = (
            f"Furthest behind: {row['source']}, newest event"
            f" {written(row['last_event_at'], 'instant', zone)}."
        )
    return Panel(
        name="sources",
        title="How fresh the data is, and where every delivered row went",
        sentence=sentence,
        population=who,
        definition=_SOURCES,
        table=sources,
        columns=(
            Column(name="source", label="Source"),
            Column(name="channel", label="Channel"),
            Column(name="last_event_at", label="Newest event", form="instant"),
            Column(name="last_loaded_at", label="Last loaded", form="instant"),
            Column(name="rows_in", label="Rows delivered", form="count"),
            Column(name="events", label="Events", form="count"),
            Column(name="duplicates", label="Duplicates", form="count"),
            Column(name="merged_rows", label="Parts of orders", form="count"),
            Column(name="waiting_rows", label="Waiting", form="count"),
            Column(name="consent_refused_rows", label="Consent refused", form="count"),
            Column(name="rejected_rows", label="Rejected", form="count"),
            Column(name="rejected_share", label="Rejected share", form="share"),
            Column(name="replayed_rows", label="Repaired and replayed", form="count"),
            Column(name="expired_rows", label="Gone for their age", form="count"),
            Column(name="conflicting_duplicates", label="Differing duplicates", form="count"),
            Column(name="bot_events", label="Made by programs", form="count"),
            Column(name="is_required", label="The horizon waits for it", form="yes"),
        ),
        figure=figures.freshness(sources, info["as_of_at"], dark=dark),
    )


def _rejected(lab: Lab, who: str, dark: bool) -> Panel:
    table = lab.table("rejected_summary")
    sentence = "Every delivered row could be used."
    if table.height:
        row = table.sort("rejected_rows", "source", descending=[True, False]).row(0, named=True)
        reason = row["reason_code"].replace("_", " ")
        sentence = (
            f"{table['rejected_rows'].sum():,} rows for {table.height} reasons; most often"
            f" '{reason}' in {row['source']}, {row['rejected_rows']:,} rows."
        )
    return Panel(
        name="rejected",
        title="Rows that could not be used",
        sentence=sentence,
        population=who,
        definition=_REJECTED,
        table=table,
        columns=(
            Column(name="source", label="Source"),
            Column(name="reason_code", label="Reason"),
            Column(name="rejected_rows", label="Rows", form="count"),
            Column(name="files", label="Files", form="count"),
            Column(name="example_file", label="First seen in"),
            Column(name="example_row_number", label="At row", form="count"),
        ),
        figure=figures.rejected(table, dark=dark),
    )


def _deliveries(lab: Lab, who: str) -> Panel:
    table = lab.table("deliveries").sort(
        "loaded_at", "source", "file_name", "sha256", descending=[True, False, False, False]
    )
    aside = table.filter(state="set_aside").height
    return Panel(
        name="deliveries",
        title="Deliveries",
        sentence=f"{table.height} files, {aside} of them set aside whole.",
        population=who,
        definition=_DELIVERIES,
        table=table,
        columns=(
            Column(name="source", label="Source"),
            Column(name="file_name", label="File"),
            Column(name="state", label="State"),
            Column(name="reason_code", label="Why set aside"),
            Column(name="rows_loaded", label="Rows loaded", form="count"),
            Column(name="rows_rejected", label="Rows unreadable", form="count"),
            Column(name="bytes", label="Bytes", form="count"),
            Column(name="loaded_at", label="Loaded", form="instant"),
        ),
    )


def _checks(checks: pl.DataFrame, who: str) -> Panel:
    failed = checks.filter(~pl.col("is_passed"))
    sentence = f"All {checks.height} checks pass."
    if failed.height:
        row = failed.row(0, named=True)
        sentence = (
            f"{failed.height} of {checks.height} checks fail. First: {row['about']}"
            f" ({row['faulty_rows']:,} rows)."
        )
    return Panel(
        name="checks",
        title="Checks",
        sentence=sentence,
        population=who,
        definition=_CHECKS,
        table=checks.drop("query").sort("is_passed", "severity", "table_name", "check_name"),
        columns=(
            Column(name="is_passed", label="Passes", form="yes"),
            Column(name="severity", label="Severity"),
            Column(name="table_name", label="Table"),
            Column(name="about", label="What it asserts"),
            Column(name="faulty_rows", label="Faulty rows", form="count"),
        ),
    )


def _identity(lab: Lab, who: str) -> Panel:
    table = lab.table("identity_audit").with_columns(
        pl.when(pl.col("measure").is_in(_NAMING)).then(pl.lit("")).otherwise("item").alias("item")
    )
    rows = {row["measure"]: row for row in table.filter(item="").to_dicts()}
    told = ", ".join(
        f"{rows[measure]['amount']:,} {words}"
        for measure, words in (
            ("customers", "customers"),
            ("shared_devices", "shared devices"),
            ("events_without_customer", "events without a customer"),
        )
        if measure in rows
    )
    return Panel(
        name="identity",
        title="Who is who",
        sentence=f"{told}; {lab.table('identity_conflicts').height} pairs in conflict not joined.",
        population=who,
        definition=_IDENTITY,
        table=table.with_columns(pl.col("measure").str.replace_all("_", " ").alias("words")),
        columns=(
            Column(name="words", label="What is counted"),
            Column(name="item", label="Which"),
            Column(name="amount", label="Count", form="count"),
            Column(name="share", label="Share", form="share"),
        ),
        note="Which customers and identifiers stand out is told in the table identity_audit.",
    )


def _runs(lab: Lab, who: str) -> Panel:
    table = lab.table("runs").sort("started_at", "run_id", descending=True)
    counts = table["state"].value_counts().sort("count", "state", descending=[True, False])
    told = ", ".join(f"{count} {state}" for state, count in counts.iter_rows())
    return Panel(
        name="runs",
        title="Runs",
        sentence=f"Runs so far: {told}.",
        population=who,
        definition=_RUNS,
        table=table,
        columns=(
            Column(name="run_id", label="Run"),
            Column(name="state", label="State"),
            Column(name="as_of_at", label="As of", form="instant"),
            Column(name="started_at", label="Started", form="instant"),
            Column(name="ended_at", label="Ended", form="instant"),
        ),
    )


def _drift(lab: Lab, who: str) -> Panel:
    table = lab.table("schema_drift")
    sentence = "No source delivers a column that its format does not name."
    if table.height:
        names = ", ".join(f"{r['column_name']} ({r['source']})" for r in table.head(5).to_dicts())
        sentence = f"{table.height} new columns: {names}."
    return Panel(
        name="schema_drift",
        title="New columns in deliveries",
        sentence=sentence,
        population=who,
        definition=_DRIFT,
        table=table,
        columns=(
            Column(name="source", label="Source"),
            Column(name="column_name", label="Column"),
            Column(name="column_type", label="Type"),
            Column(name="first_file", label="First seen in"),
            Column(name="deliveries", label="Files", form="count"),
        ),
    )
