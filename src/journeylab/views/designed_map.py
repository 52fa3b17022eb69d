"""Designed map: how many journeys go as they were meant to, and where they leave the map."""

from typing import Any, Final

import polars as pl

from journeylab import figures
from journeylab.figures.deviations import KINDS
from journeylab.lab import Lab
from journeylab.views.asked import NOBODY_SETTLED, asked, everyone, nobody_settled, population
from journeylab.views.content import Column, Content, Drill, Fact, Panel
from journeylab.views.filters import Choices, Filters
from journeylab.views.wording import label_of, named, share_text

_FOLLOWS: Final = (
    "A settled journey follows the map when it takes the steps of the map in their order, with no"
    " deviation but those the map allows; one that ends early may still follow it up to there."
    " Share: journeys that follow ÷ settled journeys. Fitness: 1 for a journey that needs no"
    " change to fit, less for each step skipped or added. Intervals at 95%, customers as"
    " clusters. Hatched weeks may still change, so do not compare them."
)
_DEVIATIONS: Final = (
    "Each settled journey is laid over the map with as few changes as possible; what is left over"
    " are its deviations: a step skipped, a touchpoint not on the map, going back, repeating, or a"
    " step too early or too late. Conversion with: of the journeys that deviate so; without: of"
    " those that stood at the same place and do not. The difference is associated with the"
    " deviation, not caused by it."
)
_NARROWED: Final = (
    " How journeys without a deviation fare is told of all journeys alone: take the filters off."
)
_MAP: Final = (
    "The steps of designed_map.toml in their order. Several lines with the same number are one"
    " step that any of these touchpoints takes. Side steps, returns and allowances of the file"
    " count in the figures and are not listed here."
)
_STARTER: Final = (
    "Proposed from what buyers do: touchpoints that at least half of the buyers with a settled"
    " journey visit are steps, in the order in which they first come; those of at least a fifth"
    " are optional steps. It describes what is, so edit it to what should be."
)
_HOW: Final = (
    "No designed map is set. Save the text below as designed_map.toml beside journeylab.toml,"
    " edit it to the way journeys are meant to go, and run journeylab run."
)


def designed_map(lab: Lab, filters: Filters, choices: Choices, dark: bool) -> Content:
    """Conformance, deviations and the map; without one, how to make it."""
    if nobody_settled(lab, filters, choices):
        return Content(headline="", empty=NOBODY_SETTLED)
    if lab.conformance().filter(pl.col("journeys") > 0).is_empty():
        return _none(lab, everyone(lab, choices))
    which = asked(lab, filters, choices)
    total, weekly = lab.conformance(**which), lab.conformance_weekly(**which)
    who = population(lab, filters, choices)
    headline = _headline(total)
    panels = (
        Panel(
            name="conformance",
            title="How many follow the map",
            sentence=headline,
            population=who,
            definition=_FOLLOWS,
            table=weekly,
            columns=_WEEKS,
            figure=figures.conformance(total, weekly, dark=dark),
        ),
        _deviations(lab, filters, choices, who, dark),
        _steps(lab, choices, everyone(lab, choices)),
    )
    return Content(headline=headline, panels=panels, facts=_facts(total))


def _none(lab: Lab, who: str) -> Content:
    lines = lab.starter_map().splitlines()
    panel = Panel(
        name="starter_map",
        title="A map to start from",
        sentence=_HOW,
        population=who,
        definition=_STARTER,
        table=pl.DataFrame({"line": lines}, schema={"line": pl.String}),
        columns=(Column(name="line", label="designed_map.toml", form="code"),),
        note="The command journeylab map --output designed_map.toml writes the same text.",
    )
    return Content(headline=_HOW, panels=(panel,))


def _headline(total: pl.DataFrame) -> str:
    rows = {row["outcome"]: row for row in total.to_dicts() if row["journeys"]}
    first = rows["all"]
    share = share_text(first["follows_map_share"])
    told = f"{share} of {first['journeys']:,} settled journeys follow the map"
    others = [
        f"{share_text(rows[outcome]['follows_map_share'])} of the {rows[outcome]['journeys']:,}"
        f" that {outcome}"
        for outcome in ("converted", "dropped")
        if outcome in rows
    ]
    return f"{told}: {' and '.join(others)}." if others else f"{told}."


def _facts(total: pl.DataFrame) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            label=f"Follow the map: {row['outcome']}",
            value=share_text(row["follows_map_share"]),
            base=f"{row['journeys_following']:,} of {row['journeys']:,} settled journeys of"
            f" {row['customers']:,} customers, {_interval(row)}",
            definition=_FOLLOWS,
        )
        for row in total.to_dicts()
        if row["journeys"]
    )


def _interval(row: dict[str, Any]) -> str:
    low, high = row["follows_map_low"], row["follows_map_high"]
    return "" if low is None else f"95% interval {share_text(low)} to {share_text(high)}"


def _deviations(lab: Lab, filters: Filters, choices: Choices, who: str, dark: bool) -> Panel:
    table = lab.deviations(**asked(lab, filters, choices))
    counted = table.filter(~pl.col("is_allowed"))
    sentence = "No settled journey leaves the map in a way that is not allowed."
    if counted.height:
        row = counted.row(0, named=True)
        sentence = (
            f"The most common of {counted.height} deviations:"
            f" {label_of(row['touchpoint'], choices)} {KINDS.get(row['kind'], row['kind'])},"
            f" in {row['journeys']:,} settled journeys ({share_text(row['journey_share'])})."
        )
    return Panel(
        name="deviations",
        title="Where journeys leave the map",
        sentence=sentence,
        population=who,
        definition=_DEVIATIONS,
        table=named(
            table,
            choices,
            {"touchpoint_label": "touchpoint", "after_touchpoint_label": "after_touchpoint"},
        ).with_columns(pl.col("kind").replace(KINDS).alias("kind_label")),
        columns=_DEVIATION_COLUMNS,
        figure=figures.deviations(table, touchpoints=lab.touchpoints(), dark=dark),
        drill=Drill(table="deviations", keys=("kind", "touchpoint"), count="journeys"),
        note="A journey may deviate in several ways, so the rows do not add up."
        + (_NARROWED if filters.is_narrowed else ""),
    )


def _steps(lab: Lab, choices: Choices, who: str) -> Panel:
    table = lab.designed_map()
    numbers = table["step_number"].n_unique()
    optional = table.filter("is_optional")["step_number"].n_unique()
    return Panel(
        name="map",
        title="The map itself",
        sentence=f"{numbers} steps, {optional} of them optional.",
        population=who,
        definition=_MAP,
        table=named(table, choices, {"touchpoint_label": "touchpoint"}),
        columns=(
            Column(name="step_number", label="Step", form="count"),
            Column(name="step", label="Name"),
            Column(name="touchpoint_label", label="Touchpoint"),
            Column(name="stage", label="Or any of stage"),
            Column(name="is_optional", label="May be left out", form="yes"),
            Column(name="may_repeat", label="May be repeated", form="yes"),
        ),
    )


_FEW: Final = Column(name="is_insufficient", label="Fewer than 30 customers", form="yes")
_WEEKS: Final = (
    Column(name="week_date", label="Week of", form="day"),
    Column(name="follows_map_share", label="Follow the map", form="share"),
    Column(name="follows_map_low", label="At least (95%)", form="share"),
    Column(name="follows_map_high", label="At most (95%)", form="share"),
    Column(name="journeys_following", label="Journeys that follow", form="count"),
    Column(name="journeys", label="Settled journeys", form="count"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="fitness_mean", label="Mean fitness", form="share"),
    Column(name="is_immature", label="May still change", form="yes"),
    _FEW,
)
_DEVIATION_COLUMNS: Final = (
    Column(name="touchpoint_label", label="Touchpoint"),
    Column(name="kind_label", label="Deviation"),
    Column(name="after_touchpoint_label", label="Mostly after"),
    Column(name="is_allowed", label="Allowed by the map", form="yes"),
    Column(name="journeys", label="Journeys", form="count"),
    Column(name="journey_share", label="Of all settled", form="share"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="occurrences", label="Times", form="count"),
    Column(name="conversion_rate_with", label="Convert with it", form="share"),
    Column(name="conversion_rate_without", label="Convert without it", form="share"),
    Column(name="journeys_without", label="Journeys without it", form="count"),
    Column(name="associated_difference", label="Associated difference", form="share"),
    Column(name="difference_low", label="At least (95%)", form="share"),
    Column(name="difference_high", label="At most (95%)", form="share"),
    Column(name="associated_goal_seconds_converted_only", label="Later goal by", form="seconds"),
    _FEW,
)
