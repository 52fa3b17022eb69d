"""Drop-offs: where journeys end without a goal, what they did last, and what others did instead."""

from typing import Any, Final

import polars as pl

from journeylab import figures
from journeylab.figures.next_moves import MOVES
from journeylab.figures.rows import FEW
from journeylab.lab import Lab
from journeylab.views.asked import asked, population
from journeylab.views.content import Column, Content, Dial, Drill, Panel
from journeylab.views.filters import Choices, Filters, dials_of
from journeylab.views.wording import interval_text, named, share_text

#: Orders of the last steps, the first the default: how the figure and how people call them.
ORDERS: Final = {
    "count": ("exits", "Journeys that ended there"),
    "rate": ("rate", "Exit rate per visit"),
}

_FEW: Final = Column(name="is_insufficient", label="Fewer than 30 customers", form="yes")
_LAST_COLUMNS: Final = (
    Column(name="label", label="Last step"),
    Column(name="owner", label="Responsible"),
    Column(name="exits", label="Journeys that ended there", form="count"),
    Column(name="exit_rate", label="Exit rate per visit", form="share"),
    Column(name="exit_rate_low", label="From (95%)", form="share"),
    Column(name="exit_rate_high", label="To (95%)", form="share"),
    Column(name="visits_settled", label="Settled visits (base)", form="count"),
    Column(name="drop_off_rate", label="Of the journeys that came by", form="share"),
    Column(name="journeys_settled", label="Those journeys (base)", form="count"),
    Column(name="customers", label="Customers", form="count"),
    _FEW,
)
_STAGE_COLUMNS: Final = (
    Column(name="stage", label="Stage"),
    Column(name="journeys", label="Journeys that reached it", form="count"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="converted", label="Converted in the end", form="count"),
    Column(name="dropped", label="Dropped in it", form="count"),
    Column(name="exit_share", label="Share that dropped in it", form="share"),
    Column(name="exit_share_low", label="From (95%)", form="share"),
    Column(name="exit_share_high", label="To (95%)", form="share"),
    Column(name="back_moves", label="Stays left for a lower stage", form="count"),
    Column(name="stay_p50_seconds", label="Half of the stays end after", form="seconds"),
    _FEW,
)
_PATH_COLUMNS: Final = (
    Column(name="label", label="Ended at"),
    Column(name="path_label", label="Last three steps"),
    Column(name="journeys", label="Journeys", form="count"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="share", label="Share of those that ended there", form="share"),
    Column(name="exits", label="Ended there (base)", form="count"),
    _FEW,
)
_MOVE_COLUMNS: Final = (
    Column(name="label", label="After"),
    Column(name="move_label", label="What came next"),
    Column(name="visits", label="Visits", form="count"),
    Column(name="share", label="Share", form="share"),
    Column(name="share_low", label="From (95%)", form="share"),
    Column(name="share_high", label="To (95%)", form="share"),
    Column(name="visits_settled", label="Settled visits (base)", form="count"),
    Column(name="next_label", label="Most often to"),
    Column(name="next_touchpoint_visits", label="Visits that went there", form="count"),
    _FEW,
)
_OUTCOME_COLUMNS: Final = (
    Column(name="label", label="Touchpoint"),
    Column(name="dropped_visitors", label="Dropped journeys that visited it", form="count"),
    Column(name="dropped_share", label="Share of the dropped", form="share"),
    Column(name="dropped_journeys", label="Dropped (base)", form="count"),
    Column(name="converted_visitors", label="Converted journeys that visited it", form="count"),
    Column(name="converted_share", label="Share of the converted", form="share"),
    Column(name="converted_journeys", label="Converted (base)", form="count"),
    Column(name="associated_difference", label="Difference (associated)", form="share"),
    Column(name="difference_low", label="From (95%)", form="share"),
    Column(name="difference_high", label="To (95%)", form="share"),
    _FEW,
)
_SETTLED: Final = (
    "Counted are settled journeys before the goal, those old enough that their outcome cannot"
    " change with the day on which we look; journeys that are still open are never drop-offs."
)


def drop_offs(lab: Lab, filters: Filters, choices: Choices, dark: bool) -> Content:
    """Last steps, stages, last three steps, next moves, and where dropped journeys had been."""
    found = lab.counted(
        "drop_offs",
        "stage_kpis",
        "drop_off_paths",
        "next_moves",
        "visits_by_outcome",
        **asked(lab, filters, choices),
    )
    lasts = found["drop_offs"]
    if lasts["exits"].sum() == 0:
        return Content(
            headline="",
            empty="No settled journey of these filters ended without a goal.",
        )
    who = population(lab, filters, choices)
    labels = lasts.select("touchpoint", "label")
    first = _last_steps(lasts, filters, who, dark)
    return Content(
        headline=first.sentence,
        dials=(
            Dial(
                key="by",
                label="Order of the last steps",
                value=_order(filters),
                default="count",
                choices={key: words for key, (_, words) in ORDERS.items()},
            ),
        ),
        panels=(
            first,
            _stages(found["stage_kpis"], who, dark),
            _last_paths(found["drop_off_paths"], labels, choices, who),
            _moves(found["next_moves"], lab, choices, who, dark),
            _been(found["visits_by_outcome"], who, dark),
        ),
    )


def _order(filters: Filters) -> str:
    told = dials_of(filters).get("by", "count")
    return told if told in ORDERS else "count"


def _last_steps(lasts: pl.DataFrame, filters: Filters, who: str, dark: bool) -> Panel:
    by, _ = ORDERS[_order(filters)]
    table = (
        lasts.sort("exits", "touchpoint", descending=[True, False])
        if by == "exits"
        else lasts.sort(
            "is_insufficient", "exit_rate", "touchpoint", descending=[False, True, False]
        )
    )
    row = table.row(0, named=True)
    exits = int(lasts["exits"].sum())
    return Panel(
        name="last_steps",
        title="Where journeys end without a goal",
        sentence=(
            f"{row['label']} is the last step of {row['exits']:,} of {exits:,} dropped journeys"
            f" ({share_text(row['exits'] / exits)}); of {row['visits_settled']:,} visits to it"
            f" {interval_text(row['exit_rate'], row['exit_rate_low'], row['exit_rate_high'])}"
            " are the last."
        ),
        population=who,
        definition=(
            "A journey ends where its last step was, if it met a loss or fell silent for the"
            " journey timeout. The exit rate is per visit: a page seen five times has five chances"
            f" to be the last. The rate beside it is per journey that came by. {_SETTLED}"
        ),
        table=table,
        columns=_LAST_COLUMNS,
        figure=figures.drop_offs(lasts, by=by, dark=dark),
        drill=Drill(table="drop_offs", keys=("touchpoint",), count="exits"),
        note=(
            "By rate, touchpoints of fewer than 30 customers come last: their rates say little."
            " Touchpoints where nobody ended are in the table alone."
        ),
    )


def _stages(table: pl.DataFrame, who: str, dark: bool) -> Panel:
    reached = table.filter(pl.col("journeys") > 0)
    worst = reached.filter(~pl.col("is_insufficient")).sort(
        "exit_share", "stage_rank", descending=[True, False]
    )
    sentence = "No stage was reached by 30 settled customers."
    if not worst.is_empty():
        row = worst.row(0, named=True)
        sentence = (
            f"Of {row['journeys']:,} journeys that reached {row['stage']},"
            f" {interval_text(row['exit_share'], row['exit_share_low'], row['exit_share_high'])}"
            f" dropped out in it; {row['converted']:,} converted in the end."
        )
    return Panel(
        name="stages",
        title="How far people get",
        sentence=sentence,
        population=who,
        definition=(
            "A journey reaches a stage by a step of it, in whatever order, so a later bar can be"
            " longer. It drops in the stage of its last staged step. A row, and every part of its"
            f" bar, leads to all journeys that reached the stage. {_SETTLED}"
        ),
        table=table,
        columns=_STAGE_COLUMNS,
        figure=figures.stage_funnel(table, dark=dark),
        drill=Drill(table="stage_kpis", keys=("stage",), count="journeys"),
    )


def _last_paths(table: pl.DataFrame, labels: pl.DataFrame, choices: Choices, who: str) -> Panel:
    shown = named(
        table.join(labels, on="touchpoint", how="left"), choices, {"path_label": "path"}
    ).sort("journeys", "touchpoint", "rank", descending=[True, False, False])
    row: dict[str, Any] = shown.row(0, named=True)
    return Panel(
        name="last_three_steps",
        title="What they did last",
        sentence=(
            f"The commonest way out: {row['path_label']}, {row['journeys']:,} journeys,"
            f" {share_text(row['share'])} of the {row['exits']:,} that ended at {row['label']}."
        ),
        population=who,
        definition=(
            "The last three steps of dropped journeys, fewer where there were no more; the five"
            f" commonest for each touchpoint they ended at. {_SETTLED}"
        ),
        table=shown,
        columns=_PATH_COLUMNS,
        drill=Drill(table="drop_off_paths", keys=("touchpoint", "path"), count="journeys"),
    )


def _moves(table: pl.DataFrame, lab: Lab, choices: Choices, who: str, dark: bool) -> Panel:
    shown = named(
        table, choices, {"label": "touchpoint", "next_label": "next_touchpoint"}
    ).with_columns(
        move_label=pl.col("move").replace_strict({key: words for key, (words, _) in MOVES.items()})
    )
    back = shown.filter(pl.col("move").is_in(["back", "restart"]), ~pl.col("is_insufficient"))
    sentence = "Nobody went back instead of ending the journey."
    if not back.is_empty():
        row = back.sort("visits", "touchpoint", descending=[True, False]).row(0, named=True)
        sentence = (
            f"Instead of going on, people go back most after {row['label']}:"
            f" {interval_text(row['share'], row['share_low'], row['share_high'])} of"
            f" {row['visits_settled']:,} visits, most often to {row['next_label']}."
        )
    return Panel(
        name="next_moves",
        title="Where people went instead",
        sentence=sentence,
        population=who,
        definition=(
            "What followed each visit: the goal, a later stage, the same or an earlier one, or the"
            " end of the journey. The shares of a touchpoint add up to 100% of its settled visits."
            f" Goals and losses are left out as places. {_SETTLED}"
        ),
        table=shown,
        columns=_MOVE_COLUMNS,
        figure=figures.next_moves(table, touchpoints=lab.touchpoints(), dark=dark),
        drill=Drill(table="next_moves", keys=("touchpoint", "move")),
    )


def _been(table: pl.DataFrame, who: str, dark: bool) -> Panel:
    shown = table.sort(
        "associated_difference", "touchpoint", descending=[True, False], nulls_last=True
    )
    sure = shown.filter(
        ~pl.col("is_insufficient"),
        pl.col("difference_low") > 0,
        pl.col("dropped_visitors") >= FEW,
    )
    sentence = (
        f"None of {shown.height:,} touchpoints was visited by surely more of the dropped than of"
        f" the converted, as far as {FEW} dropped journeys or more visited it."
    )
    if not sure.is_empty():
        row = sure.row(0, named=True)
        sentence = (
            f"{row['label']} was visited by {share_text(row['dropped_share'])} of"
            f" {row['dropped_journeys']:,} dropped journeys and"
            f" {share_text(row['converted_share'])} of {row['converted_journeys']:,} converted"
            f" ones: {100 * row['associated_difference']:+.0f} points"
            f" ({100 * row['difference_low']:+.0f} to {100 * row['difference_high']:+.0f}),"
            " associated, not caused."
        )
    return Panel(
        name="visits_by_outcome",
        title="Where dropped journeys had been",
        sentence=sentence,
        population=who,
        definition=(
            "The share of dropped, and of converted, journeys that ever visited each touchpoint"
            " before the goal. Those that convert get further, so late touchpoints lean to them; a"
            " difference is associated with dropping, not its cause. A row leads to the dropped"
            f" journeys that visited it. {_SETTLED}"
        ),
        table=shown,
        columns=_OUTCOME_COLUMNS,
        figure=figures.visits_by_outcome(table, dark=dark),
        drill=Drill(table="visits_by_outcome", keys=("touchpoint",), count="dropped_visitors"),
    )
