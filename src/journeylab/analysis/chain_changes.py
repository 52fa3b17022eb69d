"""A chain and a change of one touchpoint -> the chain that would be. Pure functions, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from journeylab.analysis.chain import (
    Chain,
    refuse_no_share,
    refuse_stuck,
    with_exit_rate,
)
from journeylab.errors import InputRefused

Floats = NDArray[np.float64]

EXIT_RATE: Final = "exit_rate"
RETURN_RATE: Final = "return_rate"
SLOW_SHARE: Final = "slow_share"
#: Measures in the order in which joint changes of one touchpoint are made.
MEASURES: Final = (SLOW_SHARE, RETURN_RATE, EXIT_RATE)


@dataclass(frozen=True, slots=True, eq=False)
class Waits:
    """Moves on from each touchpoint, told apart by their wait. Rows and columns as the chain's.

    Attributes:
        counts: moves after waits at or below the reference, and above it.
        seconds: their time from entering the one to entering the other, summed.
    """

    counts: tuple[csr_array, csr_array]
    seconds: tuple[csr_array, csr_array]


def waits_of(moves: pl.DataFrame, chain: Chain) -> Waits:
    """Moves by their wait.

    Args:
        moves: one row per (from_node, to_node, is_slow) with ``transitions`` and ``seconds``,
            as one replicate of ``resampled_moves``.
        chain: the chain of the same moves.
    """
    places = {node: place for place, node in enumerate(chain.nodes)}
    told = moves.filter(pl.col("is_slow").is_not_null())
    is_slow = told["is_slow"].to_numpy()
    rows = np.array([places[node] for node in told["from_node"]], dtype=np.intp)
    columns = np.array([places[node] for node in told["to_node"]], dtype=np.intp)

    def square(amount: str, chosen: NDArray[np.bool_]) -> csr_array:
        amounts = told[amount].to_numpy().astype(np.float64)[chosen]
        return csr_array((amounts, (rows[chosen], columns[chosen])), shape=chain.matrix.shape)

    return Waits(
        counts=(square("transitions", ~is_slow), square("transitions", is_slow)),
        seconds=(square("seconds", ~is_slow), square("seconds", is_slow)),
    )


def lower_nodes(chain: Chain, node: str, ranks: Mapping[str, int | None]) -> NDArray[np.bool_]:
    """Which nodes stand in a lower stage than a node; none where either has no stage."""
    rank = ranks.get(node)
    told = [ranks.get(other) for other in chain.nodes]
    return np.array([rank is not None and r is not None and r < rank for r in told])


def present(
    chain: Chain, waits: Waits, node: str, measure: str, ranks: Mapping[str, int | None]
) -> float:
    """The value of a measure as it is.

    Args:
        chain: the chain.
        waits: its moves by their wait.
        node: the touchpoint.
        measure: ``exit_rate``, visits that were the last of a dropped journey;
            ``return_rate``, visits followed by a move to a lower stage; ``slow_share``,
            visits followed by a wait above the reference. All ÷ visits.
        ranks: touchpoint -> rank of its stage.
    """
    row = chain.place(node)
    if measure == EXIT_RATE:
        return float(chain.to_dropped[row])
    if measure == RETURN_RATE:
        return float(row_of(chain.matrix, row)[lower_nodes(chain, node, ranks)].sum())
    return float(row_of(waits.counts[1], row).sum() / chain.visits[row])


def changed(
    chain: Chain,
    waits: Waits,
    node: str,
    measures: Mapping[str, float],
    ranks: Mapping[str, int | None],
) -> Chain:
    """The chain with some measures of one node set: waits first, then returns, then exits.

    Raises:
        UnknownName: the chain has no such node.
        InputRefused: a value is no share, cannot be reached, or leaves a node without a way
            out.
    """
    for measure in MEASURES:
        if measure not in measures:
            continue
        value = measures[measure]
        if measure == EXIT_RATE:
            chain = with_exit_rate(chain, node, value)
        elif measure == RETURN_RATE:
            chain = with_return_rate(chain, node, value, ranks)
        else:
            chain = with_slow_share(chain, waits, node, value)
    return chain


def with_return_rate(
    chain: Chain, node: str, rate: float, ranks: Mapping[str, int | None]
) -> Chain:
    """The chain in which a share of visits to a node is followed by a move to a lower stage.

    The moves to lower stages scale to the rate, all others, exits among them, to the rest.

    Raises:
        UnknownName: the chain has no such node.
        InputRefused: the rate is no share; the node has no stage; there are no moves to a
            lower stage, or no others, to scale; or a node is left without a way out.
    """
    row = chain.place(node)
    refuse_no_share(rate, node, RETURN_RATE)
    if ranks.get(node) is None:
        raise InputRefused(
            f"{node!r} has no stage, so no move from it goes to a lower one",
            RETURN_RATE,
            "give it a stage in touchpoints.toml or from_events(stages=…)",
        )
    is_lower = lower_nodes(chain, node, ranks)
    shares = row_of(chain.matrix, row)
    returns = float(shares[is_lower].sum())
    lacking = (returns <= 0.0 < rate, returns >= 1.0 > rate)
    if any(lacking):
        kind = "no move" if lacking[0] else "every move"
        raise InputRefused(
            f"{kind} from {node!r} goes to a lower stage: there are none to scale",
            RETURN_RATE,
            "change another touchpoint",
        )
    more = rate / returns if returns > 0.0 else 1.0
    less = (1.0 - rate) / (1.0 - returns) if returns < 1.0 else 1.0
    return with_row(
        chain,
        row,
        shares * np.where(is_lower, more, less),
        chain.to_converted[row] * less,
        chain.to_dropped[row] * less,
    )


def with_slow_share(chain: Chain, waits: Waits, node: str, share: float) -> Chain:
    """The chain in which fewer visits to a node are followed by a wait above the reference.

    Of the visits whose wait was above it, so many take the mix of next moves, and the times,
    of those at or below it that ``share`` of all visits remain. Exits stay: they have no wait.
    The mix of next moves is *associated* with the wait, not caused by it.

    Raises:
        UnknownName: the chain has no such node.
        InputRefused: the share is none, or above the present one; or all waits are above the
            reference, so there is no mix to take.
    """
    row = chain.place(node)
    refuse_no_share(share, node, SLOW_SHARE)
    fast, slow = (row_of(counts, row) for counts in waits.counts)
    fast_seconds, slow_seconds = (row_of(seconds, row) for seconds in waits.seconds)
    now = float(slow.sum() / chain.visits[row])
    if share > now:
        raise InputRefused(
            f"slow_share {share!r} of {node!r} is above the present {now:.4g}",
            SLOW_SHARE,
            "choose less: what longer waits would do is not in the data",
        )
    if now == 0.0:
        return chain
    if fast.sum() == 0.0:
        raise InputRefused(
            f"every wait after {node!r} is above the reference: there is no mix to take",
            SLOW_SHARE,
            "change another touchpoint",
        )
    mended = (now - share) / now
    gain = mended * slow.sum() / fast.sum()
    counts = row_of(chain.matrix, row) * chain.visits[row] - mended * slow + gain * fast
    totals = (
        row_of(chain.matrix, row) * chain.visits[row] * row_of(chain.seconds, row)
        - mended * slow_seconds
        + gain * fast_seconds
    )
    counts = np.where(counts < 1e-9, 0.0, counts)
    means = np.divide(totals, counts, out=np.zeros_like(counts), where=counts > 0.0)
    told = with_row(
        chain,
        row,
        counts / chain.visits[row],
        chain.to_converted[row],
        chain.to_dropped[row],
    )
    return replace(told, seconds=_replaced(chain.seconds, row, means))


def with_row(
    chain: Chain, row: int, shares: Floats, to_converted: float, to_dropped: float
) -> Chain:
    """The chain in which a node is left anew: by shares of its visits to each node and end.

    Raises:
        InputRefused: a node is left without a way out.
    """
    converted, dropped = chain.to_converted.copy(), chain.to_dropped.copy()
    converted[row], dropped[row] = to_converted, to_dropped
    told = replace(
        chain,
        matrix=_replaced(chain.matrix, row, shares),
        to_converted=converted,
        to_dropped=dropped,
    )
    refuse_stuck(told)
    return told


def row_of(matrix: csr_array, row: int) -> Floats:
    """One row of a matrix, zeros included."""
    begin, end = matrix.indptr[row], matrix.indptr[row + 1]
    dense = np.zeros(matrix.shape[1])
    dense[matrix.indices[begin:end]] = matrix.data[begin:end]
    return dense


def _replaced(matrix: csr_array, row: int, values: Floats) -> csr_array:
    """The matrix with one row written anew."""
    begin, end = matrix.indptr[row], matrix.indptr[row + 1]
    held = np.flatnonzero(values)
    pointers = matrix.indptr.copy()
    pointers[row + 1 :] += len(held) - (end - begin)
    data = np.concatenate([matrix.data[:begin], values[held], matrix.data[end:]])
    columns = np.concatenate([matrix.indices[:begin], held, matrix.indices[end:]])
    return csr_array((data, columns, pointers), shape=matrix.shape)
