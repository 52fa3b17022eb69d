"""Filters -> the arguments a Lab is asked with, and who is counted, in words."""

from typing import Any, Final

from journeylab.lab import Lab
from journeylab.views.filters import Choices, Filters

NOBODY_SETTLED: Final = "No settled journey fits these filters."


def asked(lab: Lab, filters: Filters, choices: Choices) -> dict[str, Any]:
    """``where`` and ``segment`` as the methods of a Lab take them."""
    told = filters.segment
    return {
        "where": filters.journeys_asked(choices.timezone),
        "segment": None if told is None else lab.segment(*told),
    }


def held(lab: Lab, filters: Filters, choices: Choices) -> Lab:
    """The same Lab, asked of the journeys alone that the filters leave."""
    return lab.only(**asked(lab, filters, choices)) if filters.is_narrowed else lab


def population(lab: Lab, filters: Filters, choices: Choices) -> str:
    """Who is counted: journeys, customers, share of all, and the time they started in."""
    row = lab.journey_counts(**asked(lab, filters, choices)).row(0, named=True)
    first = filters.first_day or choices.first_day
    last = filters.last_day or choices.last_day
    if first is None or last is None:
        return "No journeys."
    kind = "" if filters.outcome == "all" else f"{filters.outcome} "
    share = f", {row['share']:.1%} of all" if filters.is_narrowed and row["share"] else ""
    return (
        f"{row['journeys']:,} {kind}journeys of {row['customers']:,} customers{share}, started"
        f" {first:%-d %b %Y} to {last:%-d %b %Y}; {row['journeys_settled']:,} of them settled."
        " Journeys about help alone are left out."
    )


def nobody_settled(lab: Lab, filters: Filters, choices: Choices) -> bool:
    """Whether filters are set and no settled journey fits them."""
    if not filters.is_narrowed:
        return False
    counts = lab.journey_counts(**asked(lab, filters, choices))
    return not counts["journeys_settled"].item()


def everyone(lab: Lab, choices: Choices) -> str:
    """Who stands behind what was worked out at night for all: no filter applies to it."""
    row = lab.journey_counts().row(0, named=True)
    if choices.first_day is None or choices.last_day is None:
        return "No journeys."
    return (
        f"All journeys of the snapshot: {row['journeys']:,} of {row['customers']:,} customers,"
        f" started {choices.first_day:%-d %b %Y} to {choices.last_day:%-d %b %Y};"
        f" {row['journeys_settled']:,} of them settled. Filters do not apply here."
    )
