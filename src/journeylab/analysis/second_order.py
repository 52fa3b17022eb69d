"""Whether the next move depends on the step before as well. Pure functions, no I/O."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from journeylab.analysis.chain import chain_of, chances_to_convert
from journeylab.analysis.chain_resampling import PURPOSE, moves_of_groups
from journeylab.analysis.customer_groups import Cells, replicated, sample_weights
from journeylab.analysis.graph import START
from journeylab.analysis.resampling import BOUNDS
from journeylab.analysis.statistics import MIN_CUSTOMERS, significant

Floats = NDArray[np.float64]

#: States (previous, current) with fewer visits take the moves of the current step alone.
MIN_VISITS: Final = 30

_PRIOR_VISITS: Final = 1.0  # of the first order, mixed into a state of the second
_KIND: Final = ("previous_node", "from_node", "to_node")
_FIRST: Final = (
    "The current step says where people go next; the step before adds nothing that shows.",
    "The step before does not foretell unseen moves better: not needed.",
)
_SECOND: Final = (
    "Too simple: where people go next depends on the step before as well.",
    "The step before foretells unseen moves better: read p_convert_second_order beside p_convert.",
)
_SCHEMA: Final = {
    "chain_order": pl.Int64,
    "states": pl.Int64,
    "transitions": pl.Int64,
    "customers": pl.Int64,
    "log_likelihood": pl.Float64,
    "difference": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "is_chosen": pl.Boolean,
    "is_insufficient": pl.Boolean,
    "sentence": pl.String,
}


def second_order_chances(chain_moves: pl.DataFrame) -> dict[str, float]:
    """Chance to convert from each node by the second-order chain.

    A state is (previous, current) where it has at least 30 visits, else the current
    touchpoint alone with all its moves.

    Args:
        chain_moves: as ``analysis.chain_moves``.

    Returns:
        (start) or touchpoint -> chance, the mean over its states by visits; empty when
        nothing is settled.
    """
    states = _states(chain_moves)
    moves = chain_moves.join(states, on=["previous_node", "from_node"])
    entered = states.select(from_node="previous_node", to_node="from_node", entered="state")
    moves = moves.join(entered, on=["from_node", "to_node"], how="left").with_columns(
        pl.col("entered").fill_null(pl.col("to_node"))
    )
    starts = states.filter(previous_node=START).select(
        pl.lit(START).alias("from_node"), to_node="state", transitions_settled="visits"
    )
    wide = moves.select(
        pl.lit("one ").add(pl.col("from_node")).alias("from_node"),
        to_node="entered",
        transitions_settled="transitions",
    )
    known = moves.filter("is_known").select(
        from_node="state", to_node="entered", transitions_settled="transitions"
    )
    chain = chain_of(pl.concat([starts, wide, known]))
    if chain is None:
        return {}
    solved = pl.DataFrame({"state": chain.nodes, "p_convert": chances_to_convert(chain)})
    by_node = (
        states.join(solved, on="state")
        .group_by("from_node")
        .agg((pl.col("p_convert") * pl.col("visits")).sum() / pl.col("visits").sum())
    )
    started = solved.filter(state=START).rename({"state": "from_node"})
    return dict(pl.concat([started, by_node]).sort("from_node").iter_rows())


def chain_order(
    move_samples: pl.DataFrame,
    movers: pl.DataFrame,
    touchpoints: pl.DataFrame,
    *,
    seed: int,
) -> pl.DataFrame:
    """How well chains of the first and the second order foretell moves they have not seen.

    Customers fall into two halves by a hash; the moves of each half are foretold by a chain
    of the other, in which each state of the second order takes in one visit of the first.
    Left out are moves that the other half never made, and those into a journey's first step,
    of which both orders say the same.

    Args:
        move_samples: as ``analysis.move_samples``.
        movers: as ``analysis.movers``.
        touchpoints: ``touchpoint_key`` and ``touchpoint``.
        seed: the run's seed.

    Returns:
        One row per order: states, held-out log-likelihood per transition, its difference
        from the first order with the 2.5th and 97.5th percentile of 200 resamplings of the
        customers in random groups, whether it is chosen: the second is when the lower bound
        is above 0. Empty where no move can be foretold.

    Source:
        Held-out comparison of Markov orders: Singer et al., Detecting memory and structure
        in human navigation patterns (2014).
    """
    moves, made = moves_of_groups(move_samples, touchpoints, kind=_KIND)
    scores = _held_out(moves, made)
    if not scores[2].any():
        return pl.DataFrame(schema=_SCHEMA)
    customers = int(movers["customers"].sum())
    groups = made["group"].to_numpy().astype(np.intp)
    cells = Cells(np.zeros(len(groups), dtype=np.intp), groups, scores, size=1)
    sums = replicated(cells, sample_weights(seed=seed, purpose=PURPOSE))[:, 0, :]
    is_drawn = sums[2] > 0
    differences = (sums[1] - sums[0])[is_drawn] / sums[2][is_drawn]
    low, high = (float(bound) for bound in np.quantile(differences[1:], BOUNDS))
    difference = float(differences[0])
    is_second = low > 0.0
    counted = made.group_by("item").agg(pl.col("transitions").sum())
    moves = (
        moves.with_row_index("item")
        .cast({"item": pl.Int64})
        .join(counted, on="item")
        .drop_nulls("previous_node")
    )
    states = _states(moves)
    sentence = _SECOND if is_second else _FIRST
    rows = [
        (1, states["from_node"].n_unique() + 1, sums[0, 0], None, None, None, not is_second),
        (
            2,
            states.filter("is_known").height + 1,
            sums[1, 0],
            difference,
            min(low, difference),
            max(high, difference),
            is_second,
        ),
    ]
    return pl.DataFrame(
        [
            {
                "chain_order": order,
                "states": size,
                "transitions": int(sums[2, 0]),
                "customers": customers,
                "log_likelihood": significant(likelihood / sums[2, 0]),
                "difference": significant(gained),
                "low": significant(lower),
                "high": significant(upper),
                "is_chosen": is_chosen,
                "is_insufficient": customers < MIN_CUSTOMERS,
                "sentence": sentence[order - 1],
            }
            for order, size, likelihood, gained, lower, upper, is_chosen in rows
        ],
        schema=_SCHEMA,
    )


def _states(moves: pl.DataFrame) -> pl.DataFrame:
    """Per (previous_node, from_node): visits, whether they are enough, and the state's name."""
    visited = moves.group_by("previous_node", "from_node").agg(
        pl.col("transitions").sum().alias("visits")
    )
    is_known = pl.col("visits") >= MIN_VISITS
    return visited.sort("previous_node", "from_node").with_columns(
        is_known.alias("is_known"),
        pl.when(is_known)
        .then(pl.format("two {}", pl.int_range(pl.len())))
        .otherwise(pl.format("one {}", "from_node"))
        .alias("state"),
    )


def _held_out(moves: pl.DataFrame, made: pl.DataFrame) -> Floats:
    """Per row: log-likelihood of its foretold moves by either order, and their number."""
    halves, items = made["half"].to_numpy(), made["item"].to_numpy()
    is_move = moves["previous_node"].is_not_null().to_numpy()
    amounts = made["transitions"].to_numpy() * is_move[items]
    # By half: logarithms by the first and by the second order, and whether it was ever made.
    scores = np.stack(
        [
            _log_shares(moves, _sums(items, amounts * (halves != half), moves.height))
            for half in (False, True)
        ]
    )
    told: Floats = scores[halves.astype(np.intp), :, items].T * amounts
    return told


def _log_shares(moves: pl.DataFrame, learnt: Floats) -> Floats:
    """Per move: logarithm of its chance by either order, and 1 where it was ever made."""

    def shared(*columns: str) -> Floats:
        """What was learnt of all moves that agree in some columns."""
        group: NDArray[np.intp] = (
            moves.select(pl.struct(columns).rank("dense")).to_series().to_numpy().astype(np.intp)
            - 1
        )
        sums = _sums(group, learnt, len(group))
        return sums[group]

    made = shared("from_node", "to_node")
    first = np.divide(made, shared("from_node"), out=np.ones(len(made)), where=made > 0)
    visits = shared("previous_node", "from_node")
    second = (learnt + _PRIOR_VISITS * first) / (visits + _PRIOR_VISITS)
    second = np.where((visits >= MIN_VISITS) & (made > 0), second, first)
    told: Floats = np.stack([np.log(first), np.log(second), (made > 0).astype(np.float64)])
    return told


def _sums(groups: NDArray[np.intp], amounts: Floats, size: int) -> Floats:
    return np.bincount(groups, amounts, size).astype(np.float64)
