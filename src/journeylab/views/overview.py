"""Overview: the business figures, what costs most, what changed. Always of all journeys."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from journeylab import figures
from journeylab.lab import Lab
from journeylab.views.asked import everybody
from journeylab.views.content import Column, Content, Fact, Panel
from journeylab.views.filters import Choices, Filters
from journeylab.views.wording import interval_text, money_text, share_text, time_text

#: KPI -> heading, and what its n counts; in the order shown.
FACTS: Final = {
    "conversion_rate": ("Journeys that convert", "settled journeys"),
    "journeys": ("Journeys", "journeys"),
    "revenue": ("Revenue", "converted journeys"),
    "average_order_value": ("Mean order", "orders with a value"),
    "back_and_forth_share": ("Journeys that go back", "settled journeys"),
    "steps_p50": ("Median steps of a journey", "settled journeys"),
    "sales_cycle_p50_seconds": ("Half of the buyers take", "journeys"),
    "first_response_p50_seconds": ("Median wait for an answer", "answered conversations"),
    "repeat_purchase_rate": ("Customers who buy again", "customers"),
    "retention_rate": ("Customers who come back", "customers"),
    "csat": ("Satisfied (CSAT)", "scores"),
    "nps": ("Recommend (NPS)", "scores"),
    "roi": ("Return on the spend", "goals"),
}
#: Weekly figures compared -> heading.
WEEKLY: Final = {
    "conversion_rate": "Conversion of the journeys started",
    "journeys": "Journeys started",
    "orders": "Orders",
    "revenue": "Revenue",
    "customers": "Customers seen",
    "sessions": "Sessions",
}
_TRENDS: Final = {
    "conversion_rate": "Conversion by week",
    "journeys": "Journeys started by week",
    "revenue": "Revenue by week",
}
#: Face of a finding -> the view that shows it.
_VIEWS: Final = {
    "slow": "bottlenecks",
    "leaky": "drop_offs",
    "churny": "paths",
    "loop": "back_and_forth",
    "late answer": "bottlenecks",
}
#: Findings told with a link.
_FINDINGS: Final = 3

_KPI_COLUMNS: Final = (
    Column(name="label", label="Figure"),
    Column(name="told", label="Value (95% interval)"),
    Column(name="n", label="Over", form="count"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="is_insufficient", label="Fewer than 30 customers", form="yes"),
    Column(name="definition", label="What it means"),
)
_FINDING_COLUMNS: Final = (
    Column(name="sentence", label="Finding"),
    Column(name="value", label="Value associated", form="money"),
    Column(name="currency", label="Currency"),
    Column(name="conversions", label="Conversions associated", form="number"),
    Column(name="excess", label="More than comparable", form="number"),
    Column(name="excess_low", label="From (95%)", form="number"),
    Column(name="excess_high", label="To (95%)", form="number"),
    Column(name="unit", label="Counted in"),
    Column(name="journeys", label="Journeys", form="count"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="effort", label="Effort"),
    Column(name="owner", label="Responsible"),
)
_WEEK_COLUMNS: Final = (
    Column(name="label", label="Figure"),
    Column(name="week", label="Week of", form="day"),
    Column(name="told", label="That week"),
    Column(name="told_before", label="The week before"),
    Column(name="told_change", label="Change"),
    Column(name="n", label="Over", form="count"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="is_insufficient", label="Fewer than 30 customers", form="yes"),
)
_TREND_COLUMNS: Final = (
    Column(name="week", label="Week of", form="day"),
    Column(name="told", label="Value (95% interval)"),
    Column(name="told_change", label="Change to the week before"),
    Column(name="n", label="Over", form="count"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="is_immature", label="May still change", form="yes"),
    Column(name="is_insufficient", label="Fewer than 30 customers", form="yes"),
)
_WEEK_DEFINITION: Final = (
    "Weeks begin on Monday in the reporting time zone. Conversion goes by the week a journey"
    " starts in and counts goals within the journey timeout of the start; orders and revenue go by"
    " the week of the goal. Compared is the last week whose figure can no longer change with the"
    " one before it. A change of a share has a 95% interval (Newcombe); where that holds 0, the"
    " weeks may as well be alike."
)


def overview(lab: Lab, filters: Filters, choices: Choices, dark: bool) -> Content:
    """Headline figures, findings linked to their views, weeks compared, and trends."""
    kpis = lab.kpis()
    weekly = lab.kpis_by("week").with_columns(
        pl.struct(pl.all()).map_elements(_told, return_dtype=pl.String).alias("told"),
        pl.struct(pl.all()).map_elements(_told_before, return_dtype=pl.String).alias("told_before"),
        pl.struct(pl.all()).map_elements(_told_change, return_dtype=pl.String).alias("told_change"),
    )
    latest = _latest(weekly)
    costly = lab.opportunities().sort(
        "value", "conversions", "rank", descending=[True, True, False], nulls_last=True
    )
    who = everybody(lab, choices)
    return Content(
        headline=_headline(kpis, costly),
        facts=_facts(kpis, latest),
        links=tuple(
            (row["sentence"], _link(row, choices)) for row in costly.head(_FINDINGS).to_dicts()
        ),
        panels=(
            _findings(costly, who),
            _changes(latest, who),
            *(
                _trend(weekly, kpi, title, who, dark)
                for kpi, title in _TRENDS.items()
                if not weekly.filter(pl.col("value").is_not_null(), kpi=kpi).is_empty()
            ),
            _all_kpis(kpis, who),
        ),
    )


def _headline(kpis: pl.DataFrame, costly: pl.DataFrame) -> str:
    rate = kpis.row(by_predicate=pl.col("kpi") == "conversion_rate", named=True)
    first = (
        f"{interval_text(rate['value'], rate['low'], rate['high'])} of {rate['n']:,} settled"
        " journeys convert."
    )
    return first if costly.is_empty() else f"{first} {costly['sentence'][0]}"


def _facts(kpis: pl.DataFrame, latest: pl.DataFrame) -> tuple[Fact, ...]:
    changes = {row["kpi"]: row for row in latest.to_dicts() if row["kpi"] in WEEKLY}
    rows = {row["kpi"]: row for row in reversed(kpis.to_dicts())}
    facts = []
    for kpi, (label, over) in FACTS.items():
        row = rows.get(kpi)
        if row is None or row["value"] is None:
            continue
        week = changes.get(kpi)
        facts.append(
            Fact(
                label=label,
                value=_value(row["value"], row["unit"], row["currency"]),
                base=_base(row, over),
                definition=row["definition"],
                change=""
                if week is None
                else f"{week['told_change']} in the week of"
                f" {week['week']:%-d %b %Y}, against the week before",
            )
        )
    return tuple(facts)


def _base(row: Mapping[str, Any], over: str) -> str:
    told = f"of {row['n']:,} {over}, {row['customers']:,} customers"
    if row["low"] is not None and row["high"] is not None:
        low, high = (_value(row[end], row["unit"], row["currency"]) for end in ("low", "high"))
        told += f"; 95%: {low} to {high}"
    return told + ("; fewer than 30 customers" if row["is_insufficient"] else "")


def _findings(costly: pl.DataFrame, who: str) -> Panel:
    sentence = "No finding is sure enough to be told."
    if not costly.is_empty():
        row = costly.row(0, named=True)
        worth = (
            f", associated with {money_text(row['value'], row['currency'])}"
            if row["value"] is not None
            else ""
        )
        sentence = f"{costly.height:,} findings are sure enough to be told. {row['sentence']}"
        sentence += f" That is the most expensive one{worth}." if worth else ""
    return Panel(
        name="findings",
        title="What costs most",
        sentence=sentence,
        population=who,
        definition=(
            "Touchpoints that are slow, lose journeys or send them back, loops, and late answers,"
            " each against comparable places. Listed are findings of 30 customers or more that"
            " survive many comparisons: at most one in twenty of them is expected to be chance."
            " Ordered by value, then conversions, then rank. Conversions and value are associated"
            " with the excess, not caused by it, and do not add up over findings."
        ),
        table=costly,
        columns=_FINDING_COLUMNS,
    )


def _link(row: Mapping[str, Any], choices: Choices) -> dict[str, str]:
    """The query of the view that shows a finding."""
    view = _VIEWS.get(row["face"], "opportunities")
    query = {"view": view if view in choices.views else choices.views[0]}
    if view == "paths" and row["touchpoint"] in choices.touchpoints:
        query |= {"at": row["touchpoint"], "dir": "around", "steps": "3"}
    return query


def _latest(weekly: pl.DataFrame) -> pl.DataFrame:
    """The last week of each figure that is compared with the one before, in stated order."""
    order = {kpi: place for place, kpi in enumerate(WEEKLY)}
    return (
        weekly.filter(pl.col("change").is_not_null(), pl.col("kpi").is_in(list(WEEKLY)))
        .sort("week")
        .group_by("kpi", "currency", maintain_order=True)
        .last()
        .with_columns(
            label=pl.col("kpi").replace_strict(WEEKLY),
            place=pl.col("kpi").replace_strict(order, return_dtype=pl.Int64),
        )
        .sort("place", "currency")
    )


def _changes(latest: pl.DataFrame, who: str) -> Panel:
    sentence = "No week is old enough to be compared with the one before."
    if not latest.is_empty():
        row = latest.row(0, named=True)
        sentence = (
            f"{row['label']} in the week of {row['week']:%-d %b %Y}: {row['told']}, after"
            f" {row['told_before']} the week before ({row['told_change']})."
        )
    return Panel(
        name="changes",
        title="What changed",
        sentence=sentence,
        population=who,
        definition=_WEEK_DEFINITION,
        table=latest,
        columns=_WEEK_COLUMNS,
    )


def _trend(weekly: pl.DataFrame, kpi: str, title: str, who: str, dark: bool) -> Panel:
    own = weekly.filter(pl.col("value").is_not_null(), kpi=kpi).sort("week", "currency")
    settled = own.filter(~pl.col("is_immature"))
    sentence = "No week is old enough for this figure."
    if not settled.is_empty():
        low, high = (settled.sort("value", "week").row(place, named=True) for place in (0, -1))
        sentence = (
            f"Over {settled['week'].n_unique():,} weeks that can no longer change, between"
            f" {_value(low['value'], low['unit'], low['currency'])} (week of"
            f" {low['week']:%-d %b %Y}) and"
            f" {_value(high['value'], high['unit'], high['currency'])} (week of"
            f" {high['week']:%-d %b %Y})."
        )
    return Panel(
        name=f"trend_{kpi}",
        title=title,
        sentence=sentence,
        population=who,
        definition=_WEEK_DEFINITION,
        table=own,
        columns=_TREND_COLUMNS,
        figure=figures.kpi_trend(weekly, kpi, title=title, dark=dark),
        note="Hatched weeks may still change and are not compared.",
    )


def _all_kpis(kpis: pl.DataFrame, who: str) -> Panel:
    table = kpis.with_columns(
        label=pl.col("kpi").str.replace_all("_", " ").str.to_titlecase().str.replace("P50", "p50"),
        told=pl.struct(pl.all()).map_elements(_told, return_dtype=pl.String),
    )
    known = table.filter(pl.col("value").is_not_null()).height
    return Panel(
        name="kpis",
        title="All business figures",
        sentence=f"{known:,} of {table.height:,} figures can be told of this data.",
        population=who,
        definition=(
            "Each figure says in its row what it means. Intervals are at 95%: Wilson for shares,"
            " with customers as clusters; resampled customers for others. Counts and sums are no"
            " estimates and have none."
        ),
        table=table,
        columns=_KPI_COLUMNS,
    )


def _told(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return "–"
    if row["unit"] == "share":
        return interval_text(row["value"], row["low"], row["high"])
    told = _value(row["value"], row["unit"], row["currency"])
    if row["low"] is None or row["high"] is None:
        return told
    low, high = (_value(row[end], row["unit"], row["currency"]) for end in ("low", "high"))
    return f"{told} ({low} to {high})"


def _told_before(row: Mapping[str, Any]) -> str:
    before = row["value_before"]
    return "–" if before is None else _value(before, row["unit"], row["currency"])


def _told_change(row: Mapping[str, Any]) -> str:
    change = row["change"]
    if change is None:
        return "–"
    if row["unit"] == "share":
        told = f"{100 * change:+.1f} points"
        if row["change_low"] is None:
            return told
        return f"{told} ({100 * row['change_low']:+.0f} to {100 * row['change_high']:+.0f})"
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"{sign}{_value(abs(change), row['unit'], row['currency'])}"


def _value(value: float, unit: str, currency: str | None) -> str:
    """A figure in its unit, as people write it."""
    if unit == "share":
        return share_text(value)
    if unit == "seconds":
        return time_text(value)
    if unit == "money":
        return money_text(value, currency)
    if unit == "points":
        return f"{value:+.0f}"
    return f"{value:,.2f}" if unit == "ratio" else f"{value:,.0f}"
