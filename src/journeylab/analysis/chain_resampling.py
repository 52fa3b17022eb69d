"""Moves per customer -> moves of all, as counted and resampled. Pure functions, no I/O."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.customer_sums import Cells, replicate_salts, weighted_sums
from journeylab.analysis.graph import CONVERTED, DROPPED, START
from journeylab.analysis.resampling import REPLICATES
from journeylab.analysis.statistics import SIGNIFICANT_DIGITS

#: Rows beyond which fewer replicates are drawn, and replicates below which none are.
MAX_ROWS: Final = 2_000_000
MIN_REPLICATES: Final = 50

#: All resampling of the chain shares its draws, so that its figures fit each other.
PURPOSE: Final = "chain"

_MICROSECONDS: Final = 1e6
_SCHEMA: Final = {
    "replicate": pl.Int64,
    "from_node": pl.String,
    "to_node": pl.String,
    "is_slow": pl.Boolean,
    "transitions": pl.Int64,
    "seconds": pl.Float64,
    "sales": pl.Int64,
    "value": pl.Float64,
}
_MOVE: Final = ("from_node", "to_node", "is_slow")
_CODED: Final = ("previous_key", "from_key", "to_key", "is_slow", "is_converted")
_KEYS: Final = 2**16  # more than there are touchpoints; stands for none
#: One number for the values of ``_CODED``.
_CODE: Final = (
    (pl.col("previous_key").cast(pl.Int64).fill_null(_KEYS) * (_KEYS + 1))
    + pl.col("from_key").cast(pl.Int64).fill_null(_KEYS)
) * (_KEYS + 1) * 9 + (
    pl.col("to_key").cast(pl.Int64).fill_null(_KEYS) * 9
    + pl.col("is_slow").cast(pl.Int64).fill_null(2) * 3
    + pl.col("is_converted").cast(pl.Int64).fill_null(2)
)


@dataclass(frozen=True, slots=True, eq=False)
class CustomerCells:
    """What each customer did, as cells of a sparse table.

    Attributes:
        moves: one row per kind of move, sorted.
        keys: customer keys, ascending.
        customers: 64-bit hash of each customer's id, in that order.
        places: of each cell, the place of its customer; ascending.
        items: of each cell, the row of ``moves``.
        transitions: of each cell, how often the customer made the move.
        microseconds: of each cell, the time that took.
    """

    moves: pl.DataFrame
    keys: NDArray[np.int64]
    customers: NDArray[np.uint64]
    places: NDArray[np.intp]
    items: NDArray[np.intp]
    transitions: NDArray[np.float64]
    microseconds: NDArray[np.float64]


def customer_cells(
    customer_moves: pl.DataFrame,
    customer_hashes: pl.DataFrame,
    touchpoints: pl.DataFrame,
    *,
    kind: tuple[str, ...],
) -> CustomerCells:
    """Moves of each customer, with the start of journeys as a move of its own.

    Args:
        customer_moves: as ``analysis.customer_moves``.
        customer_hashes: as ``analysis.customer_hashes``.
        touchpoints: ``touchpoint_key`` and ``touchpoint``.
        kind: what tells moves apart: ``from_node``, ``to_node`` and ``previous_node`` or
            ``is_slow``.
    """
    starts = customer_moves.filter(pl.col("previous_key").is_null()).select(
        "customer_key",
        pl.col("from_key").alias("to_key"),
        "transitions",
        pl.lit(0, dtype=pl.Int64).alias("microseconds"),
    )
    rows = pl.concat([customer_moves, starts], how="diagonal").with_columns(code=_CODE)
    kinds = _named(rows.unique(subset="code").select("code", *_CODED), touchpoints)
    moves = kinds.select(kind).unique().sort(kind, nulls_last=True).with_row_index("item")
    kinds = kinds.join(moves, on=kind, nulls_equal=True)
    rows = rows.select(
        "customer_key",
        pl.col("code").replace_strict(kinds["code"], kinds["item"], return_dtype=pl.Int64),
        "transitions",
        "microseconds",
    ).rename({"code": "item"})
    rows = rows.sort(pl.col("customer_key").cast(pl.Int64) * moves.height + pl.col("item"))
    told = customer_hashes.join(rows.select("customer_key").unique(), on="customer_key", how="semi")
    told = told.sort("customer_key")
    keys = told["customer_key"].to_numpy().astype(np.int64)
    return CustomerCells(
        moves=moves.drop("item"),
        keys=keys,
        customers=told["customer_hash"].to_numpy(),
        places=np.searchsorted(keys, rows["customer_key"].to_numpy()),
        items=rows["item"].to_numpy().astype(np.intp),
        transitions=rows["transitions"].to_numpy().astype(np.float64),
        microseconds=rows["microseconds"].to_numpy().astype(np.float64),
    )


def resampled_moves(
    customer_moves: pl.DataFrame,
    customer_sales: pl.DataFrame,
    customer_hashes: pl.DataFrame,
    touchpoints: pl.DataFrame,
    *,
    seed: int,
) -> pl.DataFrame:
    """The settled moves before the goal, as counted and in replicates of the customers.

    In a replicate each customer stands as often as a Poisson draw with mean 1 says.

    Args:
        customer_moves: as ``analysis.customer_moves``.
        customer_sales: as ``analysis.customer_sales``.
        customer_hashes: as ``analysis.customer_hashes``.
        touchpoints: ``touchpoint_key`` and ``touchpoint``.
        seed: the run's seed.

    Returns:
        Per (replicate, from_node, to_node, is_slow) with transitions, sorted so: replicate 0
        is the data as it is, 1 to 200 are resampled. ``sales`` and ``value`` tell of the
        journeys with a value that ended by the move; value is null with several currencies.
        Above 2,000,000 rows there are fewer replicates, none below 50.
    """
    cells = customer_cells(customer_moves, customer_hashes, touchpoints, kind=_MOVE)
    if cells.moves.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    drawn = min(REPLICATES, MAX_ROWS // cells.moves.height)
    drawn = drawn if drawn >= MIN_REPLICATES else 0
    amounts = np.stack([cells.transitions, cells.microseconds])
    (counts, times), (sales, values) = weighted_sums(
        cells.customers,
        [
            Cells(cells.places, cells.items, amounts, cells.moves.height),
            _sold(cells, customer_sales, touchpoints),
        ],
        replicate_salts(seed=seed, purpose=PURPOSE, replicates=drawn),
    )
    replicates, rows = np.nonzero(counts.T)
    made = cells.moves[rows].with_columns(
        pl.Series("replicate", replicates),
        pl.Series("transitions", counts.T[replicates, rows]),
        pl.Series("seconds", times.T[replicates, rows] / _MICROSECONDS),
        pl.Series("sales", sales.T[replicates, rows]),
        pl.Series("value", values.T[replicates, rows]),
    )
    is_sold = pl.col("to_node") == CONVERTED
    currencies = {*customer_sales["first_currency"], *customer_sales["last_currency"]}
    made = made.with_columns(pl.col("seconds", "value").round_sig_figs(SIGNIFICANT_DIGITS))
    return made.with_columns(
        pl.when(is_sold).then("sales").alias("sales"),
        pl.when(is_sold & (len(currencies) == 1)).then("value").alias("value"),
    ).select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())


def _named(kinds: pl.DataFrame, touchpoints: pl.DataFrame) -> pl.DataFrame:
    """Kinds of moves with the names of their nodes beside their codes."""
    names = touchpoints.select("touchpoint_key", "touchpoint")
    for code, name in (("previous_key", "previous_node"), ("from_key", "from_node")):
        told = names.rename({"touchpoint_key": code, "touchpoint": name})
        kinds = kinds.join(told, on=code, how="left")
    told = names.rename({"touchpoint_key": "to_key", "touchpoint": "to_node"})
    end = pl.when("is_converted").then(pl.lit(CONVERTED)).otherwise(pl.lit(DROPPED))
    is_start = pl.col("from_key").is_null()
    return kinds.join(told, on="to_key", how="left").with_columns(
        pl.col("from_node").fill_null(START),
        pl.col("to_node").fill_null(end),
        pl.when(~is_start).then(pl.col("previous_node").fill_null(START)).alias("previous_node"),
    )


def _sold(cells: CustomerCells, customer_sales: pl.DataFrame, touchpoints: pl.DataFrame) -> Cells:
    """Sales and their value as cells; their items are the moves that ended the journeys."""
    ends = cells.moves.with_row_index("item").filter(pl.col("to_node") == CONVERTED)
    goals = touchpoints.select(goal_key="touchpoint_key", from_node="touchpoint")
    sold = customer_sales.join(goals, on="goal_key").join(ends, on="from_node")
    sold = sold.sort("customer_key", "item")
    amounts = sold.select(pl.col("sales", "value").cast(pl.Float64)).to_numpy().T
    places = np.searchsorted(cells.keys, sold["customer_key"].to_numpy())
    items = sold["item"].to_numpy().astype(np.intp)
    return Cells(places, items, np.ascontiguousarray(amounts), cells.moves.height)
