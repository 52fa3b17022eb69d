"""Published tables and changes of touchpoints -> what would be. Pure functions, no I/O."""

import polars as pl

from journeylab.analysis.what_if import Changes, changeable, what_if


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
    told = _walked(touchpoints, nodes)
    currencies = journeys["currency"].drop_nulls().unique().to_list()
    currency = currencies[0] if len(currencies) == 1 else None
    found = what_if(moves, told, changes)
    place = found.columns.index("extra_value_high") + 1
    is_told = pl.when(pl.col("extra_value").is_not_null()).then(pl.lit(currency))
    return found.insert_column(place, found.select(is_told.alias("currency")).to_series())


def changeable_touchpoints(
    moves: pl.DataFrame, touchpoints: pl.DataFrame, nodes: pl.DataFrame
) -> pl.DataFrame:
    """What can be changed, of the same tables as ``changed_journeys``; see ``analysis.what_if``."""
    return changeable(moves, _walked(touchpoints, nodes))


def _walked(touchpoints: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    settled = nodes.filter(part="before").select(touchpoint="node", customers="customers_settled")
    return touchpoints.select("touchpoint", "is_goal", "stage_rank").join(
        settled, on="touchpoint", how="left"
    )
