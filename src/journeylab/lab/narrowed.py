"""Archetypes and the designed map of some journeys: what is known of each, counted anew.

A journey keeps the archetype and the alignment that the run gave it; only sums are made here.
"""

from typing import Final

import polars as pl
from sqlglot import exp

from journeylab.analysis.statistics import intervals
from journeylab.lab import compile
from journeylab.warehouse import Warehouse

#: Columns of a deviation that need more than its journeys, and are null for some of them.
_UNTOLD: Final = (
    "occurrences",
    "journeys_without",
    "conversion_rate_without",
    "associated_difference",
    "difference_low",
    "difference_high",
    "goal_seconds_with_converted_only",
    "goal_seconds_without_converted_only",
    "associated_goal_seconds_converted_only",
    "goal_seconds_low",
    "goal_seconds_high",
    "evidence",
)
_COUNTS: Final = ("measure", "item", "successes", "trials", "customers")
_SUMS: Final = ("sum_xx", "sum_xn", "sum_nn")


def archetypes(warehouse: Warehouse, published: pl.DataFrame, journeys: exp.Query) -> pl.DataFrame:
    """The published archetypes with the counts and rates of some journeys.

    Args:
        warehouse: the snapshot.
        published: ``archetypes``.
        journeys: query of customer_id and journey_id.

    Returns:
        Rows as ``archetypes``, by number; kinds that none of the journeys is of are left out.
    """
    counted = _asked(warehouse, "chosen_archetypes", journeys)
    rates = _rates(counted).with_columns(archetype_number=pl.col("item").cast(pl.Int32))
    medians = counted.unique("item").select("item", "steps_p50", "duration_p50_seconds")
    converted, wandered = (
        rates.filter(measure=f"archetype_{name}") for name in ("conversion", "back_and_forth")
    )
    told = (
        published.select("archetype_number", "label", "touchpoints", "medoid_journey_id", "path")
        .join(converted, on="archetype_number", maintain_order="left")
        .join(
            wandered.select(
                "archetype_number",
                back_and_forth_share="rate",
                back_and_forth_low="low",
                back_and_forth_high="high",
            ),
            on="archetype_number",
            maintain_order="left",
        )
        .join(medians, on="item", maintain_order="left")
        .with_columns(journey_share=pl.col("trials") / pl.col("trials").sum())
        .rename(
            {
                "trials": "journeys",
                "successes": "converted",
                "rate": "conversion_rate",
                "low": "conversion_rate_low",
                "high": "conversion_rate_high",
            }
        )
    )
    return told.select(published.columns)


def conformance(warehouse: Warehouse, published: pl.DataFrame, journeys: exp.Query) -> pl.DataFrame:
    """Rows as ``conformance``, of some journeys."""
    return (
        _fits(warehouse, "follows_map", journeys)
        .rename({"item": "outcome"})
        .select(published.columns)
    )


def conformance_weekly(
    warehouse: Warehouse, published: pl.DataFrame, journeys: exp.Query
) -> pl.DataFrame:
    """Rows as ``conformance_weekly``, of some journeys."""
    weeks = published.select("week_date", "is_immature")
    return (
        _fits(warehouse, "follows_map_weekly", journeys)
        .with_columns(week_date=pl.col("item").str.to_date())
        .join(weeks, on="week_date", maintain_order="left")
        .select(published.columns)
    )


def deviations(warehouse: Warehouse, published: pl.DataFrame, journeys: exp.Query) -> pl.DataFrame:
    """Rows as ``deviations``, of some journeys, most of them first.

    Where a deviation mostly comes is as published. How those fared that do not deviate, and
    how often it occurs, is not known of some journeys alone: null.
    """
    total = _asked(warehouse, "chosen_conformance", journeys).filter(item="all")["trials"].sum()
    known = published.select("kind", "touchpoint", "after_touchpoint", "is_allowed").with_columns(
        item=pl.concat_str("kind", pl.lit(" "), "touchpoint")
    )
    found = (
        _rates(_asked(warehouse, "chosen_deviations", journeys))
        .join(known, on="item")
        .sort("is_allowed", "trials", "kind", "touchpoint", descending=[False, True, False, False])
        .with_columns(pl.lit(None, published.schema[name]).alias(name) for name in _UNTOLD)
        .with_columns(
            journey_share=pl.col("trials") / total,
            rank=pl.when(~pl.col("is_allowed")).then(pl.int_range(1, pl.len() + 1)),
        )
        .rename({"trials": "journeys", "rate": "conversion_rate_with"})
    )
    return found.select(published.columns)


def _fits(warehouse: Warehouse, measure: str, journeys: exp.Query) -> pl.DataFrame:
    counted = _asked(warehouse, "chosen_conformance", journeys).filter(measure=measure)
    means = counted.drop(*_COUNTS[2:], *_SUMS, "measure")
    return (
        _rates(counted)
        .join(means, on="item", maintain_order="left")
        .rename(
            {
                "trials": "journeys",
                "successes": "journeys_following",
                "rate": "follows_map_share",
                "low": "follows_map_low",
                "high": "follows_map_high",
            }
        )
    )


def _asked(warehouse: Warehouse, name: str, journeys: exp.Query) -> pl.DataFrame:
    query = compile.composed(compile.template(name), {"members": journeys})
    return warehouse.frame(query)


def _rates(counted: pl.DataFrame) -> pl.DataFrame:
    return intervals(counted.select(*_COUNTS, *_SUMS))
