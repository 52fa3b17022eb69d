"""Paths: what people did step by step, from the start or around a touchpoint."""

from typing import Any, Final

import polars as pl

from journeylab import figures
from journeylab.lab import Lab
from journeylab.views.asked import asked, population
from journeylab.views.content import Column, Content, Drill, Panel
from journeylab.views.filters import Choices, Filters
from journeylab.views.wording import label_of, share_text

_COLUMNS: Final = (
    Column(name="step", label="Step left", form="count"),
    Column(name="from_touchpoint", label="From"),
    Column(name="to_touchpoint", label="To"),
    Column(name="is_return", label="Goes back", form="yes"),
    Column(name="journeys", label="Journeys", form="count"),
    Column(name="share", label="Share of all", form="share"),
    Column(name="conversion_rate", label="Of them convert", form="share"),
    Column(name="journeys_settled", label="Settled (base of the rate)", form="count"),
    Column(name="wait_p50_seconds", label="Median wait", form="seconds"),
)
_DEFINITION: Final = (
    "Each journey stands in one band from column to column; every column adds up to all journeys"
    " of the picture. Grey: a touchpoint seen for the first time in that journey; orange: a"
    " return to one already seen. Rates are over settled journeys, those old enough that their"
    " outcome cannot change with the day on which we look; open journeys stay in the picture."
)
_NOTE: Final = (
    "Shown are the first steps only. Touchpoints that few people reach are merged into Other."
    " The same touchpoint twice in a row counts as one step."
)


def paths(lab: Lab, filters: Filters, choices: Choices, dark: bool) -> Content:
    """The step-by-step picture and its table."""
    dials: dict[str, Any] = {
        **filters.anchors(),
        "steps": filters.steps,
        "top": filters.top,
        "part": filters.part,
    }
    which = asked(lab, filters, choices)
    table = lab.paths(**dials, **which)
    if table.is_empty():
        return Content(headline="", empty="No journey fits these filters.")
    returns = table.filter(
        "is_return",
        ~pl.col("from_touchpoint").str.starts_with("("),
        ~pl.col("to_touchpoint").str.starts_with("("),
    )
    headline = _headline(returns, choices)
    return Content(
        headline=headline,
        panels=(
            Panel(
                name="paths",
                title="What people did, step by step",
                sentence=headline,
                population=population(lab, filters, choices),
                definition=_DEFINITION,
                table=table,
                columns=_COLUMNS,
                figure=figures.paths(table, touchpoints=lab.touchpoints(), dark=dark),
                drill=Drill(
                    table="paths",
                    keys=("step", "from_touchpoint", "to_touchpoint", "is_return"),
                    dials=dials,
                    count="journeys",
                ),
                note=_NOTE,
            ),
        ),
    )


def _headline(returns: pl.DataFrame, choices: Choices) -> str:
    if returns.is_empty():
        return "Within these steps nobody goes back to a touchpoint."
    row = returns.sort("journeys", "step", "to_touchpoint", descending=[True, False, False]).row(
        0, named=True
    )
    left, right = (label_of(row[f"{end}_touchpoint"], choices) for end in ("from", "to"))
    return (
        f"The most common way back: {row['journeys']:,} journeys ({share_text(row['share'])})"
        f" return from {left} to {right} at step {row['step'] + 1}."
    )
