"""Overview: the business figures, what costs most, what changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import polars as pl

from journeylab.figures.opportunities import UNITS
from journeylab.lab import Lab
from journeylab.views.asked import asked, everyone, population
from journeylab.views.content import Column, Content, Fact, Panel
from journeylab.views.filters import Choices, Filters
from journeylab.views.kpi_words import name_of, told, value_text
from journeylab.views.opportunities import drill_of
from journeylab.views.weeks import changes, latest, trend, with_words
from journeylab.views.wording import interval_text, money_text

#: KPI -> heading, and what its n counts; in the order shown. What every page's own row of
#: figures says, as conversion, is not said twice.
FACTS: Final = {
    "revenue": ("Revenue", "converted journeys"),
    "average_order_value": ("Mean order", "orders with a value"),
    "sales_cycle_p50_seconds": ("Time to purchase, running journeys counted", "journeys"),
    "first_response_p50_seconds": ("Wait for an answer (median)", "answered conversations"),
    "repeat_purchase_rate": ("Customers who buy again", "customers"),
    "retention_rate": ("Customers who come back", "customers"),
    "csat": ("Satisfied (CSAT)", "scores"),
    "nps": ("Recommend (NPS)", "scores"),
    "roi": ("Return on the spend", "goals"),
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
    "late answer": "opportunities",
}
#: Why a filtered page has fewer cards.
_OF_OTHERS: Final = (
    " Figures of customers, conversations, surveys and spend are not of single journeys: without"
    " filters they stand here too."
)
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
    Column(name="excess", label="More than in comparable places", form="number"),
    Column(name="excess_low", label="From (95%)", form="number"),
    Column(name="excess_high", label="To (95%)", form="number"),
    Column(name="unit_label", label="Counted in"),
    Column(name="journeys", label="Journeys", form="count"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="effort", label="Effort"),
    Column(name="owner", label="Responsible"),
)


def overview(lab: Lab, filters: Filters, choices: Choices, dark: bool) -> Content:
    """Headline figures, findings linked to their views, weeks compared, and trends.

    Weeks and cards are of the journeys that the filters leave. Findings and the table of all
    figures are made at night of all journeys, and say so.
    """
    if not lab.journey_counts(**asked(lab, filters, choices))["journeys"].item():
        return Content(headline="", empty="No journey fits these filters.")
    kpis = lab.kpis()
    weekly = with_words(lab.kpis_by("week", **asked(lab, filters, choices)))
    compared = latest(weekly)
    chosen = population(lab, filters, choices)
    costly = lab.opportunities().sort(
        "value", "conversions", "rank", descending=[True, True, False], nulls_last=True
    )
    who = everyone(lab, choices)
    return Content(
        headline=_narrowed(lab, filters, choices)
        if filters.is_narrowed
        else _headline(kpis, costly),
        facts=_facts(lab.kpis(**asked(lab, filters, choices)), compared),
        links_title="The most expensive findings"
        + (" of all journeys" if filters.is_narrowed else ""),
        links=tuple(
            (row["sentence"], _link(row, choices)) for row in costly.head(_FINDINGS).to_dicts()
        ),
        panels=(
            *(
                trend(weekly, kpi, title, chosen, dark)
                for kpi, title in _TRENDS.items()
                if not weekly.filter(pl.col("value").is_not_null(), kpi=kpi).is_empty()
            ),
            changes(compared, chosen),
            _findings(costly, who),
            _all_kpis(kpis, who),
        ),
    )


def _narrowed(lab: Lab, filters: Filters, choices: Choices) -> str:
    row = lab.headline(**asked(lab, filters, choices)).row(0, named=True)
    if not row["journeys_settled"]:
        return f"None of {row['journeys']:,} journeys that fit the filters is settled yet."
    rate = interval_text(
        row["converted_rate"], row["converted_rate_low"], row["converted_rate_high"]
    )
    return (
        f"{rate} of the {row['journeys_settled']:,} settled journeys that fit the filters convert."
        f"{_OF_OTHERS}"
    )


def _headline(kpis: pl.DataFrame, costly: pl.DataFrame) -> str:
    rate = kpis.row(by_predicate=pl.col("kpi") == "conversion_rate", named=True)
    said = (
        f"{interval_text(rate['value'], rate['low'], rate['high'])} of {rate['n']:,} settled"
        " journeys convert."
    )
    if costly.is_empty():
        return said
    return f"{said} What costs most: {costly['label'][0]}{_worth(costly.row(0, named=True))}."


def _worth(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return ""
    return f", associated with {money_text(row['value'], row['currency'])}"


def _facts(kpis: pl.DataFrame, compared: pl.DataFrame) -> tuple[Fact, ...]:
    weeks = {row["kpi"]: row for row in reversed(compared.to_dicts())}
    rows = {row["kpi"]: row for row in reversed(kpis.to_dicts())}
    facts = []
    for kpi, (label, over) in FACTS.items():
        row = rows.get(kpi)
        if row is None or row["value"] is None:
            continue
        week = weeks.get(kpi)
        facts.append(
            Fact(
                label=label,
                value=value_text(row["value"], row["unit"], row["currency"]),
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
    base = f"of {row['n']:,} {over}, {row['customers']:,} customers"
    if row["low"] is not None and row["high"] is not None:
        low, high = (value_text(row[end], row["unit"], row["currency"]) for end in ("low", "high"))
        base += f"; 95%: {low} to {high}"
    return base + ("; fewer than 30 customers" if row["is_insufficient"] else "")


def _findings(costly: pl.DataFrame, who: str) -> Panel:
    drill = drill_of(costly)
    sentence = "No finding is sure enough to be told."
    if not costly.is_empty():
        row = costly.row(0, named=True)
        sentence = (
            f"{costly.height:,} findings are sure enough to be told; the most expensive:"
            f" {row['label']}{_worth(row)}."
        )
    return Panel(
        name="findings",
        title="All findings",
        sentence=sentence,
        population=who,
        definition=(
            "Touchpoints that are slow, lose journeys or send them back, loops, and late answers,"
            " each against comparable places. Listed are findings of 30 customers or more that"
            " survive many comparisons: at most one in twenty of them is expected to be chance."
            " Ordered by value, then conversions, then rank. Conversions and value are associated"
            " with the excess, not caused by it, and do not add up over findings."
        ),
        table=costly.with_columns(unit_label=pl.col("unit").replace(UNITS)),
        columns=_FINDING_COLUMNS,
        drill=drill and replace(drill, among=({},)),
    )


def _link(row: Mapping[str, Any], choices: Choices) -> dict[str, str]:
    """The query of the view that shows a finding."""
    view = _VIEWS.get(row["face"], "opportunities")
    query = {"view": view if view in choices.views else choices.views[0]}
    if view == "paths" and row["touchpoint"] in choices.touchpoints:
        query |= {"at": row["touchpoint"], "dir": "around", "steps": "3"}
    return query


def _all_kpis(kpis: pl.DataFrame, who: str) -> Panel:
    table = kpis.with_columns(
        label=pl.Series([name_of(kpi) for kpi in kpis["kpi"]], dtype=pl.String),
        told=pl.Series([told(row) for row in kpis.to_dicts()], dtype=pl.String),
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
