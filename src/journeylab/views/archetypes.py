"""Archetypes: the kinds of journeys there are, or that there are none worth telling apart."""

from typing import Any, Final

import polars as pl

from journeylab import figures
from journeylab.lab import Lab
from journeylab.views.asked import NOBODY_SETTLED, asked, everyone, nobody_settled, population
from journeylab.views.content import Column, Content, Drill, Fact, Panel
from journeylab.views.filters import Choices, Filters
from journeylab.views.wording import share_text

_KINDS: Final = (
    "Settled journeys are likened by which touchpoints and moves they are made of and by how long"
    " they take and wait; their outcome is left out. Four to eight kinds are tried; they are kept"
    " only where journeys lie clearly nearer to their own kind than to the next one and the same"
    " kinds are found again when customers are drawn anew. Each kind is shown by a real journey"
    " nearest to its middle and named by the touchpoints that tell it apart. A kind is a"
    " description: it does not say why its journeys convert more or less."
)
_QUALITY: Final = (
    "Apart: mean silhouette, from -1 to 1: how much nearer journeys lie to their own kind than to"
    " the next; at least 0.25 is wanted. Found again: mean likeness (Jaccard) from 0 to 1 of the"
    " kinds in 20 redraws of the customers; at least 0.6 is wanted; not looked for where the first"
    " already fails. Sought in at most 20,000 settled journeys."
)
_NONE: Final = (
    " Journeys differ by degrees here, not by kind: any cut into kinds would be arbitrary and"
    " would look different with other customers, so none is drawn."
)


def archetypes(lab: Lab, filters: Filters, choices: Choices, dark: bool) -> Content:
    """The kinds with size, figures and a real journey each; and how sure they are."""
    if nobody_settled(lab, filters, choices):
        return Content(headline="", empty=NOBODY_SETTLED)
    table, quality = lab.archetypes(), lab.archetype_quality()
    of_all = _quality(quality, "", everyone(lab, choices))
    verdict = quality["verdict"][0] if quality.height else "Not tried."
    tried = quality["silhouette_mean"].max()
    if table.is_empty():
        headline = verdict + (_NONE if tried is not None else "")
        return Content(headline=headline, panels=(of_all,))
    kinds = table.height
    if filters.is_narrowed:
        table = lab.archetypes(**asked(lab, filters, choices))
    if table.is_empty():
        return Content(headline="", empty=NOBODY_SETTLED)
    row = table.sort("journeys", "archetype_number", descending=[True, False]).row(0, named=True)
    headline = (
        f"Journeys fall into {kinds} kinds. The largest, {row['label']}, holds"
        f" {share_text(row['journey_share'])} of {table['journeys'].sum():,} journeys;"
        f" {share_text(row['conversion_rate'])} of it"
        " convert."
    )
    panel = Panel(
        name="archetypes",
        title="The kinds of journeys",
        sentence=headline,
        population=population(lab, filters, choices),
        definition=_KINDS,
        table=table.drop("medoid_journey_id"),
        columns=_COLUMNS,
        figure=figures.archetypes(table, lab.archetype_steps(), lab.nodes(), dark=dark),
        drill=Drill(table="archetypes", keys=("archetype_number",), count="journeys"),
        note="Every settled journey is put to the nearest kind, also those that fit none well."
        " The maps are of all journeys of the kind, and leave out moves under 1% of those that"
        " leave a place.",
    )
    return Content(
        headline=headline,
        panels=(panel, of_all),
        facts=tuple(_fact(row) for row in table.to_dicts()),
    )


def _fact(row: dict[str, Any]) -> Fact:
    return Fact(
        label=f"{row['archetype_number']}. {row['label']}",
        value=share_text(row["journey_share"]),
        base=f"{row['journeys']:,} settled journeys of {row['customers']:,} customers;"
        f" {share_text(row['conversion_rate'])} convert"
        f" ({share_text(row['conversion_rate_low'])} to"
        f" {share_text(row['conversion_rate_high'])} at 95%)",
    )


def _quality(quality: pl.DataFrame, sentence: str, who: str) -> Panel:
    best = quality["silhouette_mean"].max()
    told = ""
    if isinstance(best, float):
        row = quality.filter(silhouette_mean=best).row(0, named=True)
        told = (
            f" Best apart: {row['archetypes']} kinds at {best:.2f}, where 0.25 is wanted, among"
            f" {row['sampled_journeys']:,} settled journeys."
        )
    return Panel(
        name="quality",
        title="Are there kinds at all?",
        sentence=f"{sentence}{told}".strip(),
        population=who,
        definition=_QUALITY,
        table=quality,
        columns=(
            Column(name="archetypes", label="Kinds tried", form="count"),
            Column(name="silhouette_mean", label="How clearly apart (0.25 wanted)", form="number"),
            Column(name="jaccard_mean", label="How surely found again (0.6 wanted)", form="number"),
            Column(name="is_chosen", label="Taken", form="yes"),
            Column(name="sampled_journeys", label="Journeys looked at", form="count"),
        ),
    )


_COLUMNS: Final = (
    Column(name="archetype_number", label="Kind", form="count"),
    Column(name="label", label="What tells it apart"),
    Column(name="journeys", label="Journeys", form="count"),
    Column(name="journey_share", label="Share", form="share"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="conversion_rate", label="Convert", form="share"),
    Column(name="conversion_rate_low", label="At least (95%)", form="share"),
    Column(name="conversion_rate_high", label="At most (95%)", form="share"),
    Column(name="back_and_forth_share", label="Go back and forth", form="share"),
    Column(name="steps_p50", label="Median steps", form="number"),
    Column(name="duration_p50_seconds", label="Median duration", form="seconds"),
    Column(name="path", label="A journey that stands for it"),
    Column(name="is_insufficient", label="Fewer than 30 customers", form="yes"),
)
