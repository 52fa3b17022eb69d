"""Journeys: the paths taken most, and below them the journeys one by one."""

from typing import Final

import polars as pl

from journeylab import figures
from journeylab.lab import Lab
from journeylab.views.asked import asked, population
from journeylab.views.content import Column, Content, Drill, Panel
from journeylab.views.filters import Choices, Filters
from journeylab.views.wording import named, share_text

#: Journeys listed; filters find the others.
LIMIT: Final = 1000

_VARIANT_COLUMNS: Final = (
    Column(name="path_label", label="Path up to the goal"),
    Column(name="steps", label="Steps", form="count"),
    Column(name="journeys", label="Journeys", form="count"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="journey_share", label="Share of the journeys", form="share"),
    Column(name="cumulative_share", label="With all above", form="share"),
    Column(name="conversion_rate", label="Convert", form="share"),
    Column(name="journeys_settled", label="Settled (base of the rate)", form="count"),
    Column(name="duration_p50_seconds", label="Median time", form="seconds"),
)
_JOURNEY_COLUMNS: Final = (
    Column(name="started_at", label="Started", form="instant"),
    Column(name="ended_at", label="Ended", form="instant"),
    Column(name="customer_id", label="Customer"),
    Column(name="outcome_label", label="Outcome"),
    Column(name="first_label", label="First step"),
    Column(name="last_label", label="Last step"),
    Column(name="entry_channel", label="Came by"),
    Column(name="steps", label="Steps", form="count"),
    Column(name="sessions", label="Sessions", form="count"),
    Column(name="channels", label="Channels", form="count"),
    Column(name="revisits", label="Back at a step seen before", form="count"),
    Column(name="back_steps", label="Back a stage", form="count"),
    Column(name="duration_seconds", label="Time to its end", form="seconds"),
    Column(name="value", label="Value", form="money"),
    Column(name="currency", label="Currency"),
    Column(name="device", label="Device"),
    Column(name="is_settled", label="Settled", form="yes"),
    Column(name="journey_id", label="Journey"),
)
_OUTCOMES: Final = {
    "converted": "Converted",
    "lost": "Dropped (loss)",
    "lapsed": "Dropped (fell silent)",
    "open": "Still open",
}


def journeys(lab: Lab, filters: Filters, choices: Choices, dark: bool) -> Content:
    """Variants with their conversion, and single journeys, each of which leads to its steps."""
    which = asked(lab, filters, choices)
    table = named(lab.variants(**which), choices, {"path_label": "touchpoints"})
    if table.is_empty():
        return Content(headline="", empty="No journey fits these filters.")
    who = population(lab, filters, choices)
    count = int(table["journeys"].sum())
    top = int(table["journeys"].head(10).sum())
    headline = (
        f"{count:,} journeys took {table.height:,} different paths;"
        f" {share_text(table.filter(pl.col('journeys') == 1).height / count)} of the journeys"
        f" have a path of their own, the ten commonest paths hold"
        f" {share_text(top / count)}."
    )
    variants = Panel(
        name="variants",
        title="The paths taken most",
        sentence=headline,
        population=who,
        definition=(
            "A path is the row of touchpoints up to the goal, or to the last step; the same"
            " touchpoint twice in a row within a session is one step. Conversion is over settled"
            " journeys, those old enough that their outcome cannot change. A path that holds the"
            " goal converts by what it is: compare how many take it, not its rate."
        ),
        table=table,
        columns=_VARIANT_COLUMNS,
        figure=figures.variants(table, touchpoints=lab.touchpoints(), dark=dark),
        drill=Drill(table="variants", keys=("touchpoints",), count="journeys"),
        note="The picture shows 16 steps of each at most; the table has all.",
    )
    return Content(headline=headline, panels=(variants, _single(lab, filters, choices, count, who)))


def _single(lab: Lab, filters: Filters, choices: Choices, count: int, who: str) -> Panel:
    told = asked(lab, filters, choices)
    where = " and ".join(
        f"({text})" for text in ("outcome != 'service'", told["where"]) if text is not None
    )
    found = lab.journeys(where=where, segment=told["segment"], limit=LIMIT)
    table = named(
        found, choices, {"first_label": "first_touchpoint", "last_label": "last_touchpoint"}
    ).with_columns(outcome_label=pl.col("outcome").replace_strict(_OUTCOMES))
    listed = (
        f"All {count:,} journeys are listed."
        if table.height == count
        else f"The first {table.height:,} of {count:,} journeys by customer are listed; narrow"
        " the filters to see others."
    )
    row = table.sort("revisits", "journey_id", descending=[True, False]).row(0, named=True)
    return Panel(
        name="single_journeys",
        title="One by one",
        sentence=(
            f"{listed} The one that went back most made {row['steps']:,} steps, {row['revisits']:,}"
            " of them to a step it had seen before."
        ),
        population=who,
        definition=(
            "One row is one journey: an attempt of a customer to get from first interest to a"
            " goal, over all sessions and channels. Steps, sessions and channels look up to the"
            " goal. Choose a row to see its steps."
        ),
        table=table,
        columns=_JOURNEY_COLUMNS,
        drill=Drill(table="journey", keys=("customer_id", "journey_id")),
    )
