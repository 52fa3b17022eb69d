"""Moves per group of customers -> moves of all, as counted and resampled. No I/O."""

from typing import Final

import numpy as np
import polars as pl

from journeylab.analysis.customer_groups import (
    SAMPLES,
    Cells,
    replicated,
    sample_weights,
)
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
MOVE: Final = ("from_node", "to_node", "is_slow")
_KEYS: Final = 2**16  # more than there are touchpoints; stands for none


def moves_of_groups(
    move_samples: pl.DataFrame, touchpoints: pl.DataFrame, *, kind: tuple[str, ...]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Kinds of moves, with the start of journeys as a move of its own, and which groups made them.

    Args:
        move_samples: as ``analysis.move_samples``.
        touchpoints: ``touchpoint_key`` and ``touchpoint``.
        kind: what tells moves apart: ``from_node``, ``to_node`` and ``previous_node`` or
            ``is_slow``.

    Returns:
        One row per kind of move, sorted; and per ``half`` of the customers, ``group`` of them and
        ``item`` (the row of the kind), sorted so, ``transitions`` and ``microseconds``.
    """
    made_by = pl.col("is_second_half").cast(pl.Int64) * SAMPLES + pl.col("sample_number")
    made = move_samples.select(
        _coded().alias("code"), made_by.alias("made_by"), "transitions", "microseconds"
    )
    kinds = _decoded(made["code"].unique())
    starts = made.join(kinds.filter(pl.col("previous_key").is_null()), on="code").select(
        _coded(previous=None, left=None, entered="from_key", slow=None, won=None).alias("code"),
        "made_by",
        "transitions",
        pl.lit(0, dtype=pl.Int64).alias("microseconds"),
    )
    kinds = named_moves(pl.concat([kinds, _decoded(starts["code"].unique())]), touchpoints)
    moves = kinds.select(kind).unique().sort(kind, nulls_last=True).with_row_index("item")
    kinds = kinds.join(moves, on=kind, nulls_equal=True).select("code", "item")
    # One number a cell: sorted and summed by runs in a third of the time of groups.
    rows = pl.concat([made, starts]).join(kinds, on="code")
    places = rows.select(pl.col("made_by") * len(moves) + pl.col("item")).to_series().to_numpy()
    in_order = np.argsort(places)
    begins = np.flatnonzero(np.diff(places[in_order], prepend=-1))
    groups, item = np.divmod(places[in_order[begins]], max(len(moves), 1))
    cells = pl.DataFrame(
        {
            "half": groups >= SAMPLES,
            "group": groups % SAMPLES,
            "item": item,
            **{
                name: np.add.reduceat(rows[name].to_numpy()[in_order], begins)
                for name in ("transitions", "microseconds")
            },
        }
    )
    return moves.drop("item"), cells


def resampled_moves(
    move_samples: pl.DataFrame,
    customer_sales: pl.DataFrame,
    customer_samples: pl.DataFrame,
    touchpoints: pl.DataFrame,
    *,
    seed: int,
) -> pl.DataFrame:
    """The settled moves before the goal, as counted and in replicates of the customers.

    In a replicate each of 1,024 random groups of customers stands as often as a Poisson draw with
    mean 1 says.

    Args:
        move_samples: as ``analysis.move_samples``.
        customer_sales: as ``analysis.customer_sales``.
        customer_samples: as ``analysis.customer_samples``.
        touchpoints: ``touchpoint_key`` and ``touchpoint``.
        seed: the run's seed.

    Returns:
        Per (replicate, from_node, to_node, is_slow) with transitions, sorted so: replicate 0
        is the data as it is, 1 to 200 are resampled. ``sales`` and ``value`` tell of the
        journeys with a value that ended by the move; value is null with several currencies.
        Above 2,000,000 rows there are fewer replicates, none below 50.
    """
    moves, made = moves_of_groups(move_samples, touchpoints, kind=MOVE)
    cells = _cells(made, "transitions", "microseconds", moves.height)
    return replicated_moves(moves, cells, customer_sales, customer_samples, touchpoints, seed=seed)


def replicated_moves(
    moves: pl.DataFrame,
    made: Cells,
    customer_sales: pl.DataFrame,
    customer_samples: pl.DataFrame,
    touchpoints: pl.DataFrame,
    *,
    seed: int,
) -> pl.DataFrame:
    """As ``resampled_moves``, of moves and who made them.

    Args:
        moves: from_node, to_node and is_slow, sorted.
        made: transitions and microseconds of each move by group of customers, these ascending.
        customer_sales: as ``analysis.customer_sales``.
        customer_samples: as ``analysis.customer_samples``.
        touchpoints: ``touchpoint_key`` and ``touchpoint``.
        seed: the run's seed.
    """
    if moves.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    drawn = min(REPLICATES, MAX_ROWS // moves.height)
    drawn = drawn if drawn >= MIN_REPLICATES else 0
    weights = sample_weights(seed=seed, purpose=PURPOSE, replicates=drawn)
    counts, times = replicated(made, weights)
    sold = _sold(moves, customer_sales, touchpoints).join(customer_samples, on="customer_key")
    sold = sold.rename({"sample_number": "group"})
    sold = sold.sort("item", "group", "value")  # so that sums do not depend on the rows' order
    sales, values = replicated(_cells(sold, "sales", "value", moves.height), weights)
    replicates, kinds = np.nonzero(counts.T)
    told = moves[kinds].with_columns(
        pl.Series("replicate", replicates),
        pl.Series("transitions", counts.T[replicates, kinds]),
        pl.Series("seconds", times.T[replicates, kinds] / _MICROSECONDS),
        pl.Series("sales", sales.T[replicates, kinds]),
        pl.Series("value", values.T[replicates, kinds]),
    )
    is_sold = pl.col("to_node") == CONVERTED
    currencies = pl.concat([customer_sales["first_currency"], customer_sales["last_currency"]])
    told = told.with_columns(pl.col("seconds", "value").round_sig_figs(SIGNIFICANT_DIGITS))
    return told.with_columns(
        pl.when(is_sold).then("sales").alias("sales"),
        pl.when(is_sold & (currencies.n_unique() == 1)).then("value").alias("value"),
    ).select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())


def _coded(
    previous: str | None = "previous_key",
    left: str | None = "from_key",
    entered: str | None = "to_key",
    slow: str | None = "is_slow",
    won: str | None = "is_converted",
) -> pl.Expr:
    """One number for the values of these columns; no column counts as null."""

    def told(name: str | None, none: int) -> pl.Expr:
        return pl.lit(none) if name is None else pl.col(name).cast(pl.Int64).fill_null(none)

    nodes = told(previous, _KEYS) * (_KEYS + 1) + told(left, _KEYS)
    return ((nodes * (_KEYS + 1) + told(entered, _KEYS)) * 3 + told(slow, 2)) * 3 + told(won, 2)


def _decoded(codes: pl.Series) -> pl.DataFrame:
    """The values that numbers of ``_coded`` stand for."""
    code, nodes = pl.col("code"), pl.col("code") // 9

    def key(value: pl.Expr) -> pl.Expr:
        return pl.when(value < _KEYS).then(value).cast(pl.UInt16)

    def flag(value: pl.Expr) -> pl.Expr:
        return pl.when(value < 2).then(value == 1)

    return pl.DataFrame({"code": codes.cast(pl.Int64)}).with_columns(
        previous_key=key(nodes // (_KEYS + 1) ** 2),
        from_key=key(nodes // (_KEYS + 1) % (_KEYS + 1)),
        to_key=key(nodes % (_KEYS + 1)),
        is_slow=flag(code // 3 % 3),
        is_converted=flag(code % 3),
    )


def named_moves(kinds: pl.DataFrame, touchpoints: pl.DataFrame) -> pl.DataFrame:
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


def _cells(rows: pl.DataFrame, one: str, other: str, size: int) -> Cells:
    """Two columns of rows with ``item`` and ``group`` as cells."""
    amounts = rows.select(pl.col(one, other).cast(pl.Float64)).to_numpy().T
    items, groups = (rows[name].to_numpy().astype(np.intp) for name in ("item", "group"))
    return Cells(items, groups, amounts, size)


def _sold(
    moves: pl.DataFrame, customer_sales: pl.DataFrame, touchpoints: pl.DataFrame
) -> pl.DataFrame:
    """Sales of customers and their value, by the move that ended the journeys as ``item``."""
    ends = moves.with_row_index("item").filter(pl.col("to_node") == CONVERTED)
    goals = touchpoints.select(goal_key="touchpoint_key", from_node="touchpoint")
    return customer_sales.join(goals, on="goal_key").join(ends, on="from_node")
