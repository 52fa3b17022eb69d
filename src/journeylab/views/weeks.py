"""Business figures by week: the last two that can be compared, and each over time."""

from typing import Final

import polars as pl

from journeylab import figures
from journeylab.views.behind import BOUGHT, STARTED
from journeylab.views.content import Column, Drill, Panel
from journeylab.views.kpi_words import told, told_before, told_change, value_text

#: Weekly figures compared -> heading.
WEEKLY: Final = {
    "conversion_rate": "Conversion of the journeys started",
    "journeys": "Journeys started",
    "orders": "Orders",
    "revenue": "Revenue",
    "customers": "Customers seen",
    "sessions": "Sessions",
}
#: Weekly figures that go by the week in which a journey started.
_OF_JOURNEYS: Final = ("conversion_rate", "journeys")
#: Those that go by the week in which one reached its goal.
_OF_GOALS: Final = ("revenue",)
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


def with_words(weekly: pl.DataFrame) -> pl.DataFrame:
    """``kpis_weekly`` with told, told_before and told_change as people write them."""
    rows = weekly.to_dicts()
    return weekly.with_columns(
        pl.Series(name, [words(row) for row in rows], dtype=pl.String)
        for name, words in (
            ("told", told),
            ("told_before", told_before),
            ("told_change", told_change),
        )
    )


def latest(weekly: pl.DataFrame) -> pl.DataFrame:
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


def changes(weeks: pl.DataFrame, who: str) -> Panel:
    """The last comparable week of each figure beside the one before."""
    sentence = "No week is old enough to be compared with the one before."
    if not weeks.is_empty():
        row = weeks.row(0, named=True)
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
        table=weeks,
        columns=_WEEK_COLUMNS,
    )


def trend(weekly: pl.DataFrame, kpi: str, title: str, who: str, dark: bool) -> Panel:
    """One figure by week."""
    own = weekly.filter(pl.col("value").is_not_null(), kpi=kpi).sort("week", "currency")
    settled = own.filter(~pl.col("is_immature"))
    sentence = "No week is old enough for this figure."
    if not settled.is_empty():
        low, high = (settled.sort("value", "week").row(place, named=True) for place in (0, -1))
        sentence = (
            f"Over {settled['week'].n_unique():,} weeks that can no longer change, between"
            f" {value_text(low['value'], low['unit'], low['currency'])} (week of"
            f" {low['week']:%-d %b %Y}) and"
            f" {value_text(high['value'], high['unit'], high['currency'])} (week of"
            f" {high['week']:%-d %b %Y})."
        )
    drill = None
    if kpi in (*_OF_JOURNEYS, *_OF_GOALS):
        table = BOUGHT if kpi in _OF_GOALS else STARTED
        drill = Drill(table=table, keys=("week",), count="n")
    return Panel(
        name=f"trend_{kpi}",
        title=title,
        sentence=sentence,
        population=who,
        definition=_WEEK_DEFINITION,
        table=own,
        columns=_TREND_COLUMNS,
        figure=figures.kpi_trend(weekly, kpi, title=title, dark=dark),
        drill=drill,
    )
