"""Published tables and changes of touchpoints -> what would be. Pure functions, no I/O."""

import polars as pl

from journeylab.analysis.what_if import Changes, what_if


def changed_journeys(
    moves: pl.DataFrame,
    touchpoints: pl.DataFrame,
    nodes: pl.DataFrame,
    journeys: pl.DataFrame,
    changes: Changes,
) -> pl.DataFrame:
    """Solve the chain anew for some changes.

    Args:
        moves: ``resampled_moves``.
        touchpoints: ``touchpoints`` with ``stage_rank``.
        nodes: ``graph_nodes``.
        journeys: ``currency`` of the journeys with a value.
        changes: touchpoint -> measure -> share of its visits.

    Returns:
        As ``analysis.what_if``, with the one ``currency`` of the value; null for none.
    """
    settled = nodes.filter(part="before").select(touchpoint="node", customers="customers_settled")
    told = touchpoints.select("touchpoint", "is_goal", "stage_rank").join(
        settled, on="touchpoint", how="left"
    )
    currencies = journeys["currency"].drop_nulls().unique().to_list()
    currency = currencies[0] if len(currencies) == 1 else None
    found = what_if(moves, told, changes)
    place = found.columns.index("extra_value_high") + 1
    is_told = pl.when(pl.col("extra_value").is_not_null()).then(pl.lit(currency))
    return found.insert_column(place, found.select(is_told.alias("currency")).to_series())
