"""Opportunities: what to mend first, what it would bring, and who may be let go."""

from typing import Final

import polars as pl

from journeylab import figures
from journeylab.figures.opportunities import FACES, UNITS
from journeylab.lab import Lab
from journeylab.views.asked import NOBODY_SETTLED, everyone, held, nobody_settled, population
from journeylab.views.content import Column, Content, Drill, Panel
from journeylab.views.filters import Choices, Filters
from journeylab.views.what_if import what_if_dials, what_if_panels
from journeylab.views.wording import label_of

_RANKED: Final = (
    "People wait (slow): long waits after a touchpoint; people leave (leaky): journeys that end"
    " there; people come back (churny): visits by somebody who had been there before; people go"
    " round (loop); late answers: questions after the goal answered late. Each is held against"
    " comparable places: the excess is what goes beyond them. Listed are only findings of 30"
    " customers or more that survive many comparisons: at most one in twenty of them is expected"
    " to be chance. Ranked by value ÷ effort (low 1, medium 2, high 4), else by conversions or"
    " excess ÷ effort. Associated, not caused; rows do not add up."
)
_ZOMBIES: Final = (
    "Open journeys with more steps than the median buyer took, silent for so long that of those"
    " who were ever silent as long there hardly anyone still bought. Chance: over the ways to go"
    " on from their last touchpoint, as worked out at night over all journeys. The threshold is"
    " opportunities.zombie_chance in the settings."
)
_AUTOMATION: Final = (
    "Work done by hand, for 30 customers or more, twice or more for each on average, after which"
    " customers nearly always do the same. Spread: 0 when it is always the same; 0.5 or less here."
)
_MOMENTS: Final = (
    "Seen by nearly all: visited in more than 80% of the settled journeys. Quiet but decisive:"
    " visited in 20% or fewer, and yet a share of conversions at least twice that passes through"
    " it. Removal effect: share of conversions lost if every arrival there were dropped. Goals and"
    " losses are left out. Associated, not caused."
)
_DRILLED: Final = ("slow", "leaky", "churny")
_EVIDENCE: Final = Column(name="evidence_sql", label="Query that shows the cases", form="code")


def opportunities(lab: Lab, filters: Filters, choices: Choices, dark: bool) -> Content:
    """The ranked findings, what-if, and what else is worth doing."""
    if nobody_settled(lab, filters, choices):
        return Content(headline="", empty=NOBODY_SETTLED)
    who = population(lab, filters, choices)
    own = held(lab, filters, choices)
    found = own.counted("opportunities", "moments_of_influence", "resampled_moves", "graph_nodes")
    table = found["opportunities"]
    changeable = own.changeable()
    sentence = "Nothing stands out beyond chance."
    if table.height:
        row = table.row(0, named=True)
        sentence = f"{table.height} findings, the best for its effort first. {row['sentence']}"
    ranked = Panel(
        name="opportunities",
        title="What to mend first",
        sentence=sentence,
        population=who,
        definition=_RANKED,
        table=table.with_columns(
            pl.col("touchpoints").list.join(", "),
            face_label=pl.col("face").replace(FACES),
            unit_label=pl.col("unit").replace(UNITS),
        ),
        columns=_COLUMNS,
        figure=figures.opportunities(table, dark=dark),
        drill=drill_of(table),
        note="The journeys behind a row are those that waited, ended or came back there."
        + (" The queries of the table show cases of all journeys." if filters.is_narrowed else ""),
    )
    return Content(
        headline=sentence,
        panels=(
            ranked,
            *what_if_panels(own, filters.dial, table, changeable, choices, who, dark),
            _zombies(own.zombie_leads(), who),
            _automation(lab, choices),
            _moments(found["moments_of_influence"], who),
        ),
        links_title="See for yourself",
        dials=what_if_dials(filters.dial, table, changeable, choices),
        links=paths_around(table),
    )


def drill_of(findings: pl.DataFrame) -> Drill | None:
    """The way to the journeys behind findings; none where a face has no journeys of its own."""
    if findings.is_empty() or not findings["face"].is_in(_DRILLED).all():
        return None
    return Drill(table="bottlenecks", keys=("face", "touchpoint"))


def paths_around(findings: pl.DataFrame) -> tuple[tuple[str, dict[str, str]], ...]:
    """Links to the paths around the first three touchpoints that have findings."""
    first = findings.unique("touchpoint", keep="first", maintain_order=True).head(3)
    return tuple(
        (f"What people do around {label}", _around(touchpoint))
        for touchpoint, label in first.select("touchpoint", "label").iter_rows()
    )


def _around(touchpoint: str) -> dict[str, str]:
    return {"view": "paths", "at": touchpoint, "dir": "around", "steps": "3"}


def _zombies(leads: pl.DataFrame, who: str) -> Panel:
    """By touchpoint, so that the view tells of no single customer."""
    table = (
        leads.group_by("touchpoint", "label")
        .agg(
            journeys=pl.len(),
            customers=pl.col("customer_id").n_unique(),
            silence_p50_seconds=pl.col("silence_seconds").median(),
            touches_p50=pl.col("touches").median(),
            buyer_touches=pl.col("buyer_touches").first(),
            chance_mean=pl.col("chance").sort().mean(),
        )
        .sort("journeys", "touchpoint", descending=[True, False])
    )
    sentence = "No open customer is so unlikely to buy."
    if table.height:
        row = table.row(0, named=True)
        sentence = (
            f"{leads.height} open journeys of {leads['customer_id'].n_unique()} customers will"
            f" hardly end in a sale; most of them, {row['journeys']}, stand at {row['label']}."
        )
    return Panel(
        name="zombie_leads",
        title="Who will hardly buy any more",
        sentence=sentence,
        population=who,
        definition=_ZOMBIES,
        table=table,
        columns=(
            Column(name="label", label="Last touchpoint"),
            Column(name="journeys", label="Open journeys", form="count"),
            Column(name="customers", label="Customers", form="count"),
            Column(name="chance_mean", label="Mean chance to buy", form="share"),
            Column(name="silence_p50_seconds", label="Median silence", form="seconds"),
            Column(name="touches_p50", label="Median steps so far", form="number"),
            Column(name="buyer_touches", label="Median steps of buyers", form="number"),
        ),
        drill=Drill(table="zombie_leads", keys=("touchpoint",), count="journeys"),
        note="The table zombie_leads of the snapshot names each with a sentence and a query.",
    )


def _automation(lab: Lab, choices: Choices) -> Panel:
    table = lab.automation_candidates()
    sentence = "No work by hand is done so often and always leads to the same."
    if table.height:
        sentence = f"{table.height} found. {table['sentence'][0]}"
    return Panel(
        name="automation_candidates",
        title="Work that could be automated",
        sentence=sentence,
        population=everyone(lab, choices),
        definition=_AUTOMATION,
        note="Work by hand is counted over all events, of which many belong to no journey, so"
        " filters of journeys cannot pick among it.",
        table=table.with_columns(
            next_label=pl.Series(
                [label_of(n, choices) for n in table["next_touchpoint"]], dtype=pl.String
            )
        ),
        columns=(
            Column(name="label", label="Touchpoint"),
            Column(name="owner", label="Responsible"),
            Column(name="events", label="Times", form="count"),
            Column(name="customers", label="Customers", form="count"),
            Column(name="events_per_customer", label="Times per customer", form="number"),
            Column(name="next_label", label="Mostly followed by"),
            Column(name="next_share", label="So often", form="share"),
            Column(
                name="outcome_spread", label="How mixed what follows is (0 to 1)", form="number"
            ),
            _EVIDENCE,
        ),
    )


def _moments(table: pl.DataFrame, who: str) -> Panel:
    return Panel(
        name="moments_of_influence",
        title="Where a message reaches most people, or decides",
        sentence=table["sentence"][0] if table.height else "No touchpoint stands out so.",
        population=who,
        definition=_MOMENTS,
        table=table,
        columns=(
            Column(name="label", label="Touchpoint"),
            Column(name="moment", label="Why"),
            Column(name="owner", label="Responsible"),
            Column(name="reach", label="Journeys that come by", form="share"),
            Column(name="journeys", label="Settled journeys", form="count"),
            Column(name="customers", label="Customers", form="count"),
            Column(name="removal_effect", label="Conversions lost without it", form="share"),
            Column(name="removal_effect_low", label="At least (95%)", form="share"),
            Column(name="removal_effect_high", label="At most (95%)", form="share"),
            _EVIDENCE,
        ),
    )


_COLUMNS: Final = (
    Column(name="rank", label="Rank", form="count"),
    Column(name="label", label="Where"),
    Column(name="face_label", label="What"),
    Column(name="sentence", label="Finding"),
    Column(name="owner", label="Responsible"),
    Column(name="effort", label="Effort"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="journeys", label="Settled journeys", form="count"),
    Column(name="reach", label="Journeys that come by", form="share"),
    Column(name="n", label="Cases (base)", form="count"),
    Column(name="figure", label="Figure", form="number"),
    Column(name="reference", label="In comparable places", form="number"),
    Column(name="excess", label="More than there", form="number"),
    Column(name="excess_low", label="At least (95%)", form="number"),
    Column(name="excess_high", label="At most (95%)", form="number"),
    Column(name="unit_label", label="Counted in"),
    Column(name="conversions", label="Conversions associated", form="number"),
    Column(name="value", label="Value associated", form="number"),
    Column(name="currency", label="Currency"),
    Column(name="p_adjusted", label="As large by chance alone (adjusted p)", form="number"),
    _EVIDENCE,
)
