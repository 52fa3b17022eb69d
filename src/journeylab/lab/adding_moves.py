"""Tables of the moves that chains and replicates are made of, of cells of chosen journeys.

As ``adding``: each function makes the table of the model of its name.
"""

import math

import numpy as np
import polars as pl

from journeylab.analysis import chain_resampling, customer_groups
from journeylab.analysis.chain_resampling import MOVE
from journeylab.analysis.customer_groups import SAMPLES
from journeylab.analysis.graph import CONVERTED, DROPPED, START
from journeylab.lab.adding import Settings
from journeylab.lab.cells import Choice, Ints


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
    moves, made = _settled_moves(choice, faces, touchpoints)
    return chain_resampling.replicated_moves(
        moves, made, sales, samples, touchpoints, seed=settings["seed"]
    )


def _settled_moves(
    choice: Choice, faces: pl.DataFrame, touchpoints: pl.DataFrame
) -> tuple[pl.DataFrame, customer_groups.Cells]:
    """Kinds of settled moves, and who made each, by group of customers."""
    values = choice.values("kept_settled_moves")
    kept = np.flatnonzero(choice.chosen[values.journeys])
    starts = np.searchsorted(kept, values.starts)
    waits = values.values[kept]
    slow = faces.filter(pl.col("reference").is_not_null(), face="slow")
    references = dict(slow.select("touchpoint_key", "reference").iter_rows())
    # Moves of one kind lie together: item, whether slow, up to where.
    runs: list[tuple[int, bool | None, int]] = []
    for item, (from_key, to_key) in enumerate(
        values.items.select("from_key", "to_key").iter_rows()
    ):
        begin, end = starts[item : item + 2]
        if to_key is None or from_key not in references:
            runs.append((item, None, end))
        else:
            limit = math.floor(references[from_key] * 3.6e9)
            split = begin + int(np.searchsorted(waits[begin:end], limit, side="right"))
            runs += [(item, False, split), (item, True, end)]
    kinds = (
        pl.DataFrame(
            runs, schema={"item": pl.Int64, "is_slow": pl.Boolean, "end": pl.Int64}, orient="row"
        )
        .with_columns(moves=pl.col("end").diff().fill_null(pl.col("end")))
        .join(
            values.items.with_row_index("item").cast({"item": pl.Int64}),
            on="item",
            maintain_order="left",
        )
        .with_columns(previous_key=pl.when(~pl.col("is_first")).then(0).cast(pl.UInt16))
    )
    named = chain_resampling.named_moves(kinds, touchpoints)
    firsts = named.filter(pl.col("is_first"), pl.col("moves") > 0)
    begun = pl.DataFrame({"from_node": START, "to_node": firsts["from_node"].unique()})
    seen = [named.filter(pl.col("moves") > 0).select(MOVE), begun]
    moves = pl.concat(seen, how="diagonal").unique().sort(MOVE, nulls_last=True)
    numbers = moves.with_row_index("number").cast({"number": pl.Int64})
    number = _numbers(named, numbers)
    start = _numbers(named.select(to_node="from_node", from_node=pl.lit(START)), numbers)
    counts = kinds["moves"].to_numpy()
    groups = values.amounts["sample_number"][kept]
    cells = np.repeat(number * SAMPLES, counts) + groups
    is_first = np.repeat(kinds["is_first"].to_numpy(), counts)
    begins = (np.repeat(start * SAMPLES, counts) + groups)[is_first]
    size = moves.height * SAMPLES
    lasted = values.amounts["microseconds"][kept].astype(np.int64)
    low, high = (  # whole numbers of less than 53 bits: exact
        np.bincount(cells, part, minlength=size).astype(np.int64)
        for part in (lasted & (2**24 - 1), lasted >> 24)
    )
    transitions = np.bincount(cells, minlength=size) + np.bincount(begins, minlength=size)
    filled = np.flatnonzero(transitions)
    amounts = np.stack([transitions[filled], (low + (high << 24))[filled]]).astype(np.float64)
    return moves, customer_groups.Cells(*np.divmod(filled, SAMPLES), amounts, moves.height)


def _numbers(kinds: pl.DataFrame, numbers: pl.DataFrame) -> Ints:
    """The number of each kind among all moves; 0 for those that nobody made."""
    none = pl.lit(None, dtype=pl.Boolean)
    told = kinds.with_columns(is_slow=pl.col("is_slow") if "is_slow" in kinds.columns else none)
    return (
        told.join(numbers, on=MOVE, how="left", nulls_equal=True, maintain_order="left")["number"]
        .fill_null(0)
        .to_numpy()
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
