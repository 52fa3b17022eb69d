"""Tables of nodes and sales of chosen journeys, told of the tables of visits and of marks.

As ``adding``: each function makes the table of the model of its name.
"""

import numpy as np
import polars as pl

from journeylab.analysis.statistics import MIN_CUSTOMERS
from journeylab.lab.adding import Settings, money
from journeylab.lab.cells import Choice

_SUMS_OF_VISITS = (
    "customers",
    "visits",
    "exits",
    "returns",
    "waits",
    "waiting_customers",
    "wait_microseconds",
    "return_microseconds",
)


def nodes(
    choice: Choice,
    _: Settings,
    visits: pl.DataFrame,
    brackets: pl.DataFrame,
    touchpoints: pl.DataFrame,
) -> pl.DataFrame:
    """``graph.nodes``, of ``graph.visits``, ``graph.bracket_counts`` and ``core.touchpoints``."""
    converted = int(choice.of("converted").sum())
    settled = int((choice.of("settled") & ~choice.journeys.service).sum())
    named = touchpoints.select("touchpoint_key", "is_goal", "is_loss", node="touchpoint")
    stood = visits.join(named, on="touchpoint_key").with_columns(
        is_candidate=(pl.col("part") == "before") & ~pl.col("is_goal")
    )
    passed = brackets.with_columns(
        visits="journeys", visits_settled="journeys_settled", is_candidate=pl.lit(value=False)
    )
    both = pl.concat([stood, passed], how="diagonal")
    of_part = np.where(both["part"] == "before", settled, converted)
    with np.errstate(divide="ignore", invalid="ignore"):  # Polars would multiply by an inverse
        reach = pl.Series("reach", both["journeys_settled"].to_numpy() / of_part)

    def exits_over(base: str) -> pl.Expr:
        is_told = pl.col("is_candidate") & (pl.col(base) > 0)
        return pl.when(is_told).then(pl.col("exits") / pl.col(base))

    told = both.with_columns(
        reach=pl.when(pl.Series(of_part > 0)).then(reach),
        exits=pl.when("is_candidate").then("exits"),
        exit_rate=exits_over("visits_settled"),
        drop_off_rate=exits_over("journeys_settled"),
        is_on_every_bought_path=pl.when(
            pl.col("is_candidate") & ~pl.col("is_loss") & pl.lit(converted > 0)
        ).then(pl.col("journeys_converted") == converted),
    )
    order = ("part", "touchpoint_key", "node")
    return told.sort(order, descending=[True, False, False], nulls_last=True)


def graph_nodes(
    _: Choice,
    __: Settings,
    nodes: pl.DataFrame,
    visits: pl.DataFrame,
    flow: pl.DataFrame,
    chain: pl.DataFrame,
    touchpoints: pl.DataFrame,
) -> pl.DataFrame:
    """``marts.graph_nodes``, of the tables that its model reads."""
    times = ("dwell_p50_seconds", "wait_p50_seconds", "wait_p90_seconds")
    is_after = pl.col("part") == "after"
    return (
        nodes.join(flow, on=["part", "node"])
        .join(chain.select("node", "p_convert"), on="node", how="left")
        .join(
            visits.select("part", "touchpoint_key", *times),
            on=["part", "touchpoint_key"],
            how="left",
        )
        .join(touchpoints.drop("touchpoint", "is_goal", "is_loss"), on="touchpoint_key", how="left")
        .with_columns(
            label=pl.col("label").fill_null(pl.col("node")),
            stage=pl.when(is_after).then("stage_after_goal").otherwise("stage"),
            stage_rank=pl.when(is_after).then("stage_after_goal_rank").otherwise("stage_rank"),
            p_convert=pl.when(~is_after).then("p_convert"),
        )
        .sort("part", "node", descending=[True, False])
    )


def graph_edges(_: Choice, __: Settings, edges: pl.DataFrame) -> pl.DataFrame:
    """``marts.graph_edges``, of ``graph.edges``."""
    return edges.with_columns(is_insufficient=pl.col("customers_settled") < MIN_CUSTOMERS)


def visit_sums(
    _: Choice, __: Settings, samples: pl.DataFrame, touchpoints: pl.DataFrame
) -> pl.DataFrame:
    """``analysis.visit_sums``, of ``analysis.visit_samples`` and ``core.touchpoints``."""
    names = touchpoints.select("touchpoint_key", "touchpoint", "stage", "waits_for")
    return (
        samples.group_by("touchpoint_key")
        .agg(pl.col(_SUMS_OF_VISITS).sum())
        .join(names, on="touchpoint_key")
        .sort("touchpoint_key")
    )


def sales(choice: Choice, _: Settings) -> pl.DataFrame:
    """``analysis.sales``."""
    return _with_money(
        choice.sales()
        .group_by("currency")
        .agg(sales=pl.len().cast(pl.Int64), value=pl.col("value").sum())
        .sort("currency", nulls_last=True)
    )


def customer_sales(choice: Choice, _: Settings, touchpoints: pl.DataFrame) -> pl.DataFrame:
    """``analysis.customer_sales``, of ``core.touchpoints``."""
    keys = touchpoints.select("touchpoint_key", "touchpoint")
    goals = keys.rename({"touchpoint_key": "goal_key", "touchpoint": "goal_touchpoint"})
    return _with_money(
        choice.sales()
        .group_by("customer_key", "goal_touchpoint")
        .agg(
            sales=pl.len().cast(pl.Int64),
            value=pl.col("value").sum(),
            first_currency=pl.col("currency").min(),
            last_currency=pl.col("currency").max(),
        )
        .join(goals, on="goal_touchpoint", how="left")
        .sort("customer_key", "goal_key", nulls_last=True)
    )


def resampled_moves(_: Choice, __: Settings, moves: pl.DataFrame) -> pl.DataFrame:
    """``marts.resampled_moves``, of ``analysis.resampled_moves``, which are sorted so."""
    return moves


def _with_money(told: pl.DataFrame) -> pl.DataFrame:
    """The same with ``value`` as money."""
    return told.with_columns(money(told["value"].to_numpy()).alias("value"))
