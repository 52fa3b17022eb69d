"""Back and forth: which touchpoint follows which, and who goes round between them."""

from typing import Any, Final

import polars as pl

from journeylab import figures
from journeylab.lab import Lab
from journeylab.views.asked import asked, population
from journeylab.views.content import Column, Content, Drill, Panel
from journeylab.views.filters import Choices, Filters
from journeylab.views.wording import named, share_text

_ARC_COLUMNS: Final = (
    Column(name="from_label", label="From"),
    Column(name="to_label", label="To"),
    Column(name="is_return", label="Back or again", form="yes"),
    Column(name="moves", label="Moves", form="count"),
    Column(name="share", label="Share of all moves", form="share"),
)
_CELL_COLUMNS: Final = (
    Column(name="from_label", label="From"),
    Column(name="to_label", label="To"),
    Column(name="share_out", label="Share of the visits", form="share"),
    Column(name="transitions_settled", label="Settled moves", form="count"),
    Column(name="transitions", label="Moves", form="count"),
    Column(name="journeys", label="Journeys", form="count"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="return_share", label="Of them back or again", form="share"),
    Column(name="wait_p50_seconds", label="Median wait", form="seconds"),
    Column(name="is_insufficient", label="Fewer than 30 customers", form="yes"),
)
_COMPARED: Final = (
    Column(name="journeys", label="Journeys", form="count"),
    Column(name="customers", label="Customers", form="count"),
    Column(name="conversion_rate_with", label="Convert with it", form="share"),
    Column(name="journeys_with", label="Settled with it", form="count"),
    Column(name="conversion_rate_without", label="Convert without it", form="share"),
    Column(name="journeys_without", label="Settled without it", form="count"),
    Column(name="associated_difference", label="Difference (associated)", form="share"),
    Column(name="difference_low", label="Difference from (95%)", form="share"),
    Column(name="difference_high", label="Difference to (95%)", form="share"),
    Column(name="is_insufficient", label="Fewer than 30 customers", form="yes"),
)
_PAIR_COLUMNS: Final = (
    Column(name="pair_label", label="Between"),
    Column(name="entered_label", label="Begins mostly at"),
    Column(name="bounces", label="Times back", form="count"),
    Column(name="rounds_p50", label="Median rounds", form="number"),
    Column(name="rounds_max", label="Most rounds", form="count"),
    *_COMPARED,
)
_LOOP_COLUMNS: Final = (
    Column(name="loop_label", label="Loop"),
    Column(name="entered_label", label="Entered mostly at"),
    Column(name="occurrences", label="Times walked", form="count"),
    Column(name="rounds_mean", label="Mean rounds", form="number"),
    Column(name="seconds_p50", label="Median time", form="seconds"),
    *_COMPARED,
)
_RATES: Final = (
    "The two rates are over settled journeys, those old enough that their outcome cannot change:"
    " those with it, and those that reached the touchpoint where it mostly begins and never did"
    " it. Journeys that go back differ in other ways too, so the difference is associated with"
    " it, not caused by it. Before the goal only."
)


def back_and_forth(lab: Lab, filters: Filters, choices: Choices, dark: bool) -> Content:
    """Arcs, the matrix behind them, pairs people bounce between, and longer loops."""
    found = lab.counted(
        "graph_edges", "graph_nodes", "ping_pong", "loops", **asked(lab, filters, choices)
    )
    edges, nodes = found["graph_edges"], found["graph_nodes"]
    arcs = _arcs(edges, nodes, filters.part, choices)
    if arcs.is_empty():
        return Content(headline="", empty="No journey that fits these filters made a move.")
    who = population(lab, filters, choices)
    headline = _headline(arcs)
    return Content(
        headline=headline,
        panels=(
            Panel(
                name="arcs",
                title="Which touchpoint follows which",
                sentence=headline,
                population=who,
                definition=(
                    "A move leads from one touchpoint to the next of the same journey. It goes"
                    " back where the journey had been at the touchpoint before, or does it again."
                    f" Moves {filters.part} the goal, of all journeys, open ones included; base of"
                    " the shares: all moves of the table."
                ),
                table=arcs,
                columns=_ARC_COLUMNS,
                figure=figures.back_and_forth(edges, nodes, part=filters.part, dark=dark),
                drill=Drill(
                    table="arcs",
                    keys=("from_node", "to_node", "is_return"),
                    fixed={"part": filters.part},
                ),
            ),
            _matrix(edges, nodes, filters.part, choices, who, dark),
            _pairs(found["ping_pong"], lab, filters, choices, who, dark),
            _loops(found["loops"], lab, filters, choices, who, dark),
        ),
    )


def _arcs(edges: pl.DataFrame, nodes: pl.DataFrame, part: str, choices: Choices) -> pl.DataFrame:
    """Moves between touchpoints, those back apart from those onward, most first."""
    walked = nodes.filter(pl.col("channel").is_not_null(), part=part)["node"].to_list()
    own = edges.filter(
        pl.col("from_node").is_in(walked) & pl.col("to_node").is_in(walked), part=part
    )
    sides = [
        own.select("from_node", "to_node", is_return=pl.lit(is_return), moves=moves)
        for is_return, moves in (
            (True, pl.col("returns")),
            (False, pl.col("transitions") - pl.col("returns")),
        )
    ]
    arcs = (
        pl.concat(sides)
        .filter(pl.col("moves") > 0)
        .with_columns(share=pl.col("moves") / pl.col("moves").sum())
        .sort("moves", "from_node", "to_node", descending=[True, False, False])
    )
    return named(arcs, choices, {"from_label": "from_node", "to_label": "to_node"})


def _headline(arcs: pl.DataFrame) -> str:
    back = arcs.filter("is_return")
    if back.is_empty():
        return f"Nobody goes back: all {arcs['moves'].sum():,} moves lead to a place not seen yet."
    most = back.row(0, named=True)
    share = int(back["moves"].sum()) / int(arcs["moves"].sum())
    return (
        f"{share_text(share)} of {arcs['moves'].sum():,} moves go back to a"
        f" touchpoint seen before, or do it again; most of them from {most['from_label']} to"
        f" {most['to_label']}, {most['moves']:,} times."
    )


def _matrix(
    edges: pl.DataFrame,
    nodes: pl.DataFrame,
    part: str,
    choices: Choices,
    who: str,
    dark: bool,
) -> Panel:
    labels = {"from_label": "from_node", "to_label": "to_node"}
    table = named(
        edges.filter(
            pl.col("share_out").is_not_null(), pl.col("to_node") != "(converted)", part=part
        ).sort("share_out", "from_node", "to_node", descending=[True, False, False]),
        choices,
        labels,
    )
    touched = table.filter(
        ~pl.col("from_node").str.starts_with("("),
        ~pl.col("to_node").str.starts_with("("),
        pl.col("return_share") >= 0.5,
        ~pl.col("is_insufficient"),
    )
    if touched.is_empty():
        sentence = "No touchpoint that 30 settled customers leave draws them mostly back."
    else:
        row = touched.row(0, named=True)
        sentence = (
            f"The strongest pull back: {share_text(row['share_out'])} of the settled visits to"
            f" {row['from_label']} go to {row['to_label']} next ({row['transitions_settled']:,}"
            f" moves), {share_text(row['return_share'])} of them back or again."
        )
    return Panel(
        name="matrix",
        title="Where each touchpoint leads",
        sentence=sentence,
        population=who,
        definition=(
            "A cell is the share of the settled visits to the row's touchpoint that go to the"
            " column's next; the last column holds those after which the journey ends without a"
            " goal. Rows add up to 100%. Journeys and moves in the table count open journeys too,"
            " and so does the way to the rows."
        ),
        table=table,
        columns=_CELL_COLUMNS,
        figure=figures.matrix(edges, nodes, part=part, dark=dark),
        drill=Drill(
            table="graph_edges",
            keys=("from_node", "to_node"),
            fixed={"part": part},
            count="journeys",
        ),
    )


def _pairs(
    table: pl.DataFrame, lab: Lab, filters: Filters, choices: Choices, who: str, dark: bool
) -> Panel:
    shown = named(
        table.with_columns(pair=pl.concat_list("touchpoint", "other_touchpoint")),
        choices,
        {"pair_label": "pair", "entered_label": "entered_touchpoint"},
    ).with_columns(pl.col("pair_label").str.replace_all("→", "⇄", literal=True))
    return Panel(
        name="ping_pong",
        title="To and fro between two touchpoints",
        sentence=_fared(shown, "pair_label", "bounces", "Nobody goes to and fro.", filters),
        population=who,
        definition=(
            "Counted is every step of the form A, B, A: there and back with nothing between."
            " A, B, A, B holds two. Rounds: how often an unbroken run came back to where it began."
            f" {_RATES}"
        ),
        table=shown,
        columns=_PAIR_COLUMNS,
        figure=figures.ping_pong(table, touchpoints=lab.touchpoints(), dark=dark),
        drill=Drill(table="ping_pong", keys=("touchpoint", "other_touchpoint"), count="journeys"),
    )


def _loops(
    table: pl.DataFrame, lab: Lab, filters: Filters, choices: Choices, who: str, dark: bool
) -> Panel:
    shown = named(
        table, choices, {"loop_label": "touchpoints", "entered_label": "entered_touchpoint"}
    )
    return Panel(
        name="loops",
        title="Loops of any length",
        sentence=_fared(shown, "loop_label", "occurrences", "Nobody walks a loop.", filters),
        population=who,
        definition=(
            "A loop is closed by the step that comes back to a touchpoint of the way so far; its"
            " steps are then taken off the way, so that none counts in two loops. The same loop"
            f" entered elsewhere is the same loop. {_RATES}"
        ),
        table=shown,
        columns=_LOOP_COLUMNS,
        figure=figures.loops(table, touchpoints=lab.touchpoints(), dark=dark),
        drill=Drill(table="loops", keys=("touchpoints", "entered_touchpoint"), count="journeys"),
    )


def _fared(table: pl.DataFrame, label: str, times: str, nobody: str, filters: Filters) -> str:
    """The row that happens most, and how journeys with it fared, where all outcomes are asked."""
    if table.is_empty():
        return nobody
    row: dict[str, Any] = table.row(0, named=True)
    first = (
        f"{row[label]} happens most: {row[times]:,} times in {row['journeys']:,} journeys of"
        f" {row['customers']:,} customers."
    )
    if row["associated_difference"] is None or filters.outcome != "all":
        return first
    return (
        f"{first} {share_text(row['conversion_rate_with'])} of the {row['journeys_with']:,}"
        f" settled ones convert, {share_text(row['conversion_rate_without'])} of"
        f" {row['journeys_without']:,} without it: {100 * row['associated_difference']:+.1f}"
        f" points ({100 * row['difference_low']:+.0f} to {100 * row['difference_high']:+.0f}),"
        " associated, not caused."
    )
