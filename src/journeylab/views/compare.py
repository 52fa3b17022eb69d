"""Compare: two segments or two periods on one map, and what differs beyond chance."""

from typing import Any, Final

import polars as pl

from journeylab import figures
from journeylab.errors import InputRefused
from journeylab.lab import Lab
from journeylab.views.asked import asked, population
from journeylab.views.content import Column, Content, Drill, Panel
from journeylab.views.filters import Choices, Filters
from journeylab.views.flows import DIALS, KEYS, both_groups, flows
from journeylab.views.groups import Pair, pair_of
from journeylab.views.wording import label_of, named

_TEST: Final = (
    " Beyond chance: customers were dealt to the two groups at random 500 times, and a difference"
    " as large came up too rarely to be luck, also after allowing for how many were looked at"
    " (Benjamini–Hochberg, 5%). Only settled journeys count, those old enough that their outcome"
    " cannot change with the day on which we look. Differences are associated with the groups,"
    " not caused by what parts them."
)
_MOVES: Final = (
    "For each touchpoint: of all moves people make from there, the share that goes to each next"
    " touchpoint, in the one group less the other, in percentage points." + _TEST
)
_TOUCHPOINTS: Final = (
    "Reach: share of journeys that come by. Exit rate: share of visits after which a journey ended"
    " without a goal. Return share: share of visits by somebody who had been there before in the"
    " same journey." + _TEST
)
_KPIS: Final = (
    "Conversion: settled journeys with a goal ÷ settled journeys. Linear: journeys that only go"
    " forward through the stages; back and forth: those that fall back or repeat, both ÷ journeys"
    " with a stage. Refunds: refunded ÷ converted. Averages: steps and sessions per journey, gross"
    " value per order. Bounds are given for shares alone." + _TEST
)
_STEPS: Final = (
    "Each step of all journeys up to the goal, as in Paths. A band's height is the mean of the two"
    " groups' shares, so that heights add up whatever the sizes of the groups; its colour tells"
    " which group's share is larger. A row leads to the journeys of both groups."
)
_DRIFT: Final = (
    "Each week's map is the share of all moves that goes over each connection. The figure is half"
    " the sum of the differences to the map of all weeks before: 0% the same map, 100% no"
    " connection in common. Weeks are cut on Mondays, UTC. A week of few moves lies far off by"
    " chance alone, so compare weeks of like size."
)
_BOUNDS: Final = (
    Column(name="difference_low", label="At least (95%)", form="share"),
    Column(name="difference_high", label="At most (95%)", form="share"),
)
_SURE: Final = (
    Column(name="is_significant", label="Beyond chance", form="yes"),
    Column(name="p_adjusted", label="As large by chance alone (adjusted p)", form="number"),
    Column(name="is_insufficient", label="Fewer than 30 customers", form="yes"),
)
_MEASURES: Final = {
    "reach": "Reach",
    "exit_rate": "Exit rate",
    "return_share": "Return share",
    "conversion_rate": "Conversion rate",
    "linear_share": "Linear journeys",
    "back_and_forth_share": "Back and forth",
    "refund_share": "Refunds",
    "steps_mean": "Steps per journey",
    "sessions_mean": "Sessions per journey",
    "average_order_value": "Average order value",
}
_AVERAGES: Final = ("steps_mean", "sessions_mean", "average_order_value")


def compare(lab: Lab, filters: Filters, choices: Choices, dark: bool) -> Content:
    """Two groups of journeys side by side; without any chosen, two periods."""
    pair = pair_of(lab, filters, choices)
    if pair is None:
        return Content(
            headline="",
            empty="There are fewer than two full weeks of settled journeys to compare."
            " Choose two segments, or wait.",
        )
    told: dict[str, Any] = {"where": pair.where, "within": pair.within}
    try:
        edges, nodes, kpis = (
            lab.compare(pair.a, pair.b, on=on, **told) for on in ("edges", "nodes", "kpis")
        )
    except InputRefused as error:
        return Content(headline="", empty=f"{str(error.args[0]).capitalize()}: {error.args[2]}.")
    who = _who(edges if edges.height else kpis, pair)
    panels = (
        _moves(lab, edges, pair, choices, who, dark),
        _touchpoints(nodes, pair, choices, who),
        *_business(kpis, pair, who),
        _steps(lab, pair, choices, dark),
        _drift(lab, filters, choices, pair, dark),
    )
    counted = ", ".join(
        f"{table['is_significant'].sum()} of {table.height} {words}"
        for table, words in (
            (edges, "moves"),
            (nodes, "figures of touchpoints"),
            (kpis, "business figures"),
        )
    )
    headline = f"{pair.name_a} against {pair.name_b}: {counted} differ beyond chance."
    return Content(
        headline=f"{pair.said} {headline}".strip(),
        panels=panels,
        links=tuple(
            (f"What people did: {name}", {"view": "paths", **link})
            for name, link in zip((pair.name_a, pair.name_b), pair.links, strict=False)
        ),
    )


def _who(table: pl.DataFrame, pair: Pair) -> str:
    if table.is_empty():
        return f"{pair.name_a} and {pair.name_b}: no settled moves."
    row = table.row(0, named=True)
    sides = [
        f"{name}: {row[f'group_journeys_{side}']:,} settled journeys of"
        f" {row[f'group_customers_{side}']:,} customers"
        for side, name in (("a", pair.name_a), ("b", pair.name_b))
    ]
    return "; ".join(sides) + ". Open journeys and those about help alone are left out."


def _values(pair: Pair, form: Any = "share") -> tuple[Column, ...]:  # noqa: ANN401 - a Form
    return (
        Column(name="value_a", label=pair.name_a, form=form),
        Column(name="value_b", label=pair.name_b, form=form),
        Column(name="difference", label="Difference", form=form),
    )


def _counts(over: str) -> tuple[Column, ...]:
    return (
        Column(name="n_a", label=f"{over}, first group", form="count"),
        Column(name="n_b", label=f"{over}, second group", form="count"),
    )


def _moves(
    lab: Lab, edges: pl.DataFrame, pair: Pair, choices: Choices, who: str, dark: bool
) -> Panel:
    sure = edges.filter("is_significant")
    sentence = "No move differs beyond chance."
    if sure.height:
        row = sure.sort(pl.col("difference").abs(), descending=True, maintain_order=True).row(
            0, named=True
        )
        left, right = (label_of(row[f"{end}_node"], choices) for end in ("from", "to"))
        sentence = (
            f"The largest difference beyond chance: from {left} to {right} go"
            f" {row['value_a']:.0%} of the moves among {pair.name_a}, {row['value_b']:.0%} among"
            f" {pair.name_b}."
        )
    return Panel(
        name="moves",
        title="Where people go next",
        sentence=sentence,
        population=who,
        definition=_MOVES,
        table=named(edges, choices, {"from_node_label": "from_node", "to_node_label": "to_node"}),
        columns=(
            Column(name="from_node_label", label="From"),
            Column(name="to_node_label", label="To"),
            *_values(pair),
            *_BOUNDS,
            *_SURE,
            *_counts("Moves from there"),
        ),
        figure=figures.differences(
            edges, lab.nodes(), name_a=pair.name_a, name_b=pair.name_b, dark=dark
        ),
        drill=Drill(
            table="graph_edges",
            keys=("from_node", "to_node"),
            fixed={"part": "before"},
            among=both_groups(pair),
        ),
        note="A row leads to the journeys of both groups that made the move, open ones too."
        " A share of the moves from a place says nothing of how many come there: see the"
        " table of touchpoints for that.",
    )


def _steps(lab: Lab, pair: Pair, choices: Choices, dark: bool) -> Panel:
    table = flows(lab, pair)
    first = table.filter(pl.col("step") == 1)
    counts = [int(first[f"journeys_{side}"].sum()) for side in ("a", "b")]
    onward = table.filter(~pl.col("from_touchpoint").str.starts_with("("))
    sentence = "Nobody of the two groups made a step."
    if onward.height:
        row = onward.row(0, named=True)
        left, right = (label_of(row[f"{end}_touchpoint"], choices) for end in ("from", "to"))
        sentence = (
            f"The largest difference of a step: {left} to {right} after step {row['step']},"
            f" {row['share_a']:.1%} of {pair.name_a}, {row['share_b']:.1%} of {pair.name_b}."
        )
    return Panel(
        name="steps",
        title="What each group does more, step by step",
        sentence=sentence,
        population=(
            f"{pair.name_a}: {counts[0]:,} journeys; {pair.name_b}: {counts[1]:,}. Open journeys"
            " count too; those about help alone are left out."
        ),
        definition=_STEPS,
        table=named(table, choices, {"from_label": "from_touchpoint", "to_label": "to_touchpoint"}),
        columns=(
            Column(name="step", label="Step left", form="count"),
            Column(name="from_label", label="From"),
            Column(name="to_label", label="To"),
            Column(name="is_return", label="Goes back", form="yes"),
            Column(name="share_a", label=pair.name_a, form="share"),
            Column(name="share_b", label=pair.name_b, form="share"),
            Column(name="difference", label="Difference", form="share"),
            Column(name="journeys_a", label="Journeys, first group", form="count"),
            Column(name="journeys_b", label="Journeys, second group", form="count"),
        ),
        figure=figures.path_differences(
            *(
                table.filter(pl.col(name) > 0).select(*KEYS, journeys=name)
                for name in ("journeys_a", "journeys_b")
            ),
            touchpoints=lab.touchpoints(),
            name_a=pair.name_a,
            name_b=pair.name_b,
            dark=dark,
        ),
        drill=Drill(
            table="paths", keys=KEYS, dials=DIALS, count="journeys", among=both_groups(pair)
        ),
        note="Differences of single steps are not tested here; which moves differ beyond chance"
        " stands in the table of moves above. Merged bands lead to no rows; the table names all.",
    )


def _touchpoints(nodes: pl.DataFrame, pair: Pair, choices: Choices, who: str) -> Panel:
    sure = nodes.filter("is_significant")
    sentence = "No touchpoint is reached, left or come back to more or less often beyond chance."
    if sure.height:
        row = sure.row(0, named=True)
        sentence = (
            f"The surest of {sure.height} differences: {_MEASURES[row['measure']].lower()} of"
            f" {label_of(row['touchpoint'], choices)} is {row['value_a']:.1%} among"
            f" {pair.name_a} and {row['value_b']:.1%} among {pair.name_b}."
        )
    return Panel(
        name="touchpoints",
        title="Who comes by, leaves and comes back",
        sentence=sentence,
        population=who,
        definition=_TOUCHPOINTS,
        table=named(nodes, choices, {"touchpoint_label": "touchpoint"}).with_columns(
            pl.col("measure").replace(_MEASURES).alias("measure_label")
        ),
        columns=(
            Column(name="touchpoint_label", label="Touchpoint"),
            Column(name="measure_label", label="Figure"),
            *_values(pair),
            *_BOUNDS,
            *_SURE,
            *_counts("Journeys or visits"),
        ),
    )


def _business(kpis: pl.DataFrame, pair: Pair, who: str) -> tuple[Panel, ...]:
    """Shares and averages apart, because they are written differently."""
    told = kpis.with_columns(pl.col("kpi").replace(_MEASURES).alias("kpi_label"))
    is_average = pl.col("kpi").is_in(_AVERAGES)
    panels = []
    for name, title, rows, form in (
        ("shares", "Business figures: shares", told.filter(~is_average), "share"),
        ("averages", "Business figures: averages", told.filter(is_average), "number"),
    ):
        sure = rows.filter("is_significant")["kpi_label"].to_list()
        panels.append(
            Panel(
                name=name,
                title=title,
                sentence=f"Beyond chance: {', '.join(sure)}."
                if sure
                else "None of these differs beyond chance.",
                population=who,
                definition=_KPIS,
                table=rows,
                columns=(
                    Column(name="kpi_label", label="Figure"),
                    *((Column(name="currency", label="Currency"),) if form == "number" else ()),
                    *_values(pair, form),
                    *(_BOUNDS if form == "share" else ()),
                    *_SURE,
                    *_counts("Journeys or orders"),
                ),
            )
        )
    return tuple(panels)


def _drift(lab: Lab, filters: Filters, choices: Choices, pair: Pair, dark: bool) -> Panel:
    weeks = pair.drift
    if weeks is None:
        weeks = lab.drift(**asked(lab, filters, choices))
    known = weeks.filter(
        pl.col("distance").is_not_null()
        & ~pl.col("is_insufficient")
        & (pl.col("transitions_before") >= pl.col("transitions"))
    )
    sentence = "No week of 30 customers or more has as many moves before it as in it."
    if known.height:
        row = known.sort("distance", descending=True).row(0, named=True)
        sentence = (
            f"Of {known.height} weeks, that of {row['week_start_date']:%-d %b %Y} lies furthest"
            f" from those before it: {row['distance']:.0%} of its {row['transitions']:,} moves"
            " would have to go elsewhere."
        )
    return Panel(
        name="drift",
        title="Does the map change over time?",
        sentence=sentence,
        population=population(lab, filters, choices),
        definition=_DRIFT,
        table=weeks,
        columns=(
            Column(name="week_start_date", label="Week of", form="day"),
            Column(name="distance", label="Distance from the weeks before", form="share"),
            Column(name="transitions", label="Moves", form="count"),
            Column(name="transitions_before", label="Moves before", form="count"),
            Column(name="journeys", label="Settled journeys", form="count"),
            Column(name="journeys_open", label="Still open, not counted", form="count"),
            Column(name="customers", label="Customers", form="count"),
            Column(name="is_immature", label="May still change", form="yes"),
            Column(name="is_insufficient", label="Fewer than 30 customers", form="yes"),
        ),
        figure=figures.drift(weeks, dark=dark),
    )
