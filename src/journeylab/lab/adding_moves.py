"""Tables of the moves that chains and replicates are made of, of cells of chosen journeys.

As ``adding``: each function makes the table of the model of its name.
"""

import math
from typing import Final

import numpy as np
import polars as pl

from journeylab.analysis import chain_resampling
from journeylab.analysis.customer_groups import SAMPLES
from journeylab.analysis.graph import CONVERTED, DROPPED, START
from journeylab.lab.adding import Settings
from journeylab.lab.cells import Choice

#: Whether a move was slow: not, yes, or no reference to tell by.
_SLOW: Final = 3


def chain_moves(choice: Choice, _: Settings, touchpoints: pl.DataFrame) -> pl.DataFrame:
    """``analysis.chain_moves``, of ``core.touchpoints``."""
    names = touchpoints.select("touchpoint_key", "touchpoint")
    told = (
        choice.cells("kept_chain_moves")
        .items.with_columns(transitions=choice.sums("kept_chain_moves", "transitions"))
        .filter(pl.col("transitions") > 0)
    )
    for end in ("previous", "from", "to"):
        named = names.rename({"touchpoint_key": f"{end}_key", "touchpoint": f"{end}_node"})
        told = told.join(named, on=f"{end}_key", how="left")
    ended = pl.when("is_converted").then(pl.lit(CONVERTED)).otherwise(pl.lit(DROPPED))
    return told.with_columns(
        pl.col("previous_node").fill_null(START), pl.col("to_node").fill_null(ended)
    ).sort("previous_node", "from_node", "to_node")


def resampled_moves(
    choice: Choice,
    settings: Settings,
    faces: pl.DataFrame,
    sales: pl.DataFrame,
    samples: pl.DataFrame,
    touchpoints: pl.DataFrame,
) -> pl.DataFrame:
    """``analysis.resampled_moves``.

    Args:
        choice: of journeys.
        settings: of the run.
        faces: ``analysis.bottleneck_faces``.
        sales: ``analysis.customer_sales``.
        samples: ``analysis.customer_samples``.
        touchpoints: ``core.touchpoints``.
    """
    name = "kept_settled_moves"
    values = choice.values(name)
    kept = np.flatnonzero(choice.chosen[values.journeys])
    items = np.repeat(np.arange(values.items.height), np.diff(np.searchsorted(kept, values.starts)))
    slow = faces.filter(pl.col("reference").is_not_null(), face="slow")
    references = dict(slow.select("touchpoint_key", "reference").iter_rows())
    limits = np.array(
        [
            -1
            if to_key is None or from_key not in references
            else math.floor(references[from_key] * 3.6e9)
            for from_key, to_key in values.items.select("from_key", "to_key").iter_rows()
        ],
        dtype=np.int64,
    )[items]
    is_slow = np.where(limits < 0, 2, values.values[kept] > limits)
    kinds = values.items.with_row_index("item", offset=0)
    made = (
        pl.DataFrame(
            {
                "cell": (items * _SLOW + is_slow) * SAMPLES + values.amounts["sample_number"][kept],
                "microseconds": values.amounts["microseconds"][kept],
            }
        )
        .group_by("cell")
        .agg(
            transitions=pl.len().cast(pl.Int64),
            microseconds=pl.col("microseconds").cast(pl.Int64).sum(),
        )
        .with_columns(
            item=(pl.col("cell") // (_SLOW * SAMPLES)).cast(kinds.schema["item"]),
            slow=pl.col("cell") // SAMPLES % _SLOW,
            sample_number=pl.col("cell") % SAMPLES,
        )
        .join(kinds, on="item")
        .with_columns(
            is_second_half=pl.lit(value=False),
            previous_key=pl.when(~pl.col("is_first")).then(0).cast(pl.UInt16),
            is_slow=pl.when(pl.col("slow") < 2).then(pl.col("slow") == 1),
        )
    )
    return chain_resampling.resampled_moves(
        made, sales, samples, touchpoints, seed=settings["seed"]
    )


def variants(choice: Choice, _: Settings) -> pl.DataFrame:
    """``marts.variants``."""
    name = "kept_paths"
    names = choice.table("kept_path_names")
    journeys = choice.counts(name)
    seen = np.flatnonzero(journeys)
    order = seen[np.lexsort((seen, -journeys[seen]))]
    counts = journeys[order]
    settled = choice.counts(name, "settled")[order]
    converted = choice.counts(name, "converted")[order]
    total = int(counts.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = pl.Series(converted / settled)
    named = names[order].select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("variant_number"),
        "path",
        "touchpoints",
        "steps",
    )
    return named.with_columns(
        journeys=counts,
        customers=choice.customers(name)[order],
        journey_share=counts / total if total else counts.astype(np.float64),
        cumulative_share=np.cumsum(counts) / total if total else counts.astype(np.float64),
        journeys_settled=settled,
        converted=converted,
        conversion_rate=pl.when(pl.Series(settled > 0)).then(rates),
        duration_p50_seconds=choice.medians("kept_path_times")[order] / 1e6,
    )
