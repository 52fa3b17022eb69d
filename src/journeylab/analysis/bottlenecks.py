"""Excesses of touchpoints -> how sure they are and what goes with them. Pure functions, no I/O."""

from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import eye_array
from scipy.sparse.linalg import splu
from scipy.special import stdtr

from journeylab.analysis.chain import Chain, chain_of, solve, with_exit_rate
from journeylab.analysis.chain_changes import row_of, with_row
from journeylab.analysis.customer_groups import sample_sums, sample_weights
from journeylab.analysis.graph import START
from journeylab.analysis.resampling import BOUNDS
from journeylab.analysis.statistics import significant
from journeylab.errors import InputRefused

Floats = NDArray[np.float64]

_MICROSECONDS_AN_HOUR: Final = 3.6e9
_ROUNDING: Final = 1e-14  # chances closer than this are equal

#: Face -> columns of ``analysis.visit_samples``, waits in hours: what is summed, and over what.
_FACES: Final = {
    "slow": ("wait_hours", "waits"),
    "leaky": ("exits", "visits"),
    "churny": ("returns", "visits"),
}
_TEST_SCHEMA: Final = {
    "face": pl.String,
    "touchpoint_key": pl.UInt16,
    "excess_low": pl.Float64,
    "excess_high": pl.Float64,
    "p_value": pl.Float64,
}
_VALUE_SCHEMA: Final = {
    "face": pl.String,
    "touchpoint_key": pl.UInt16,
    "conversions": pl.Float64,
    "value": pl.Float64,
    "value_currency": pl.String,
    "face_conversions": pl.Float64,
    "face_value": pl.Float64,
}


def bottleneck_tests(
    faces: pl.DataFrame, sums: pl.DataFrame, samples: pl.DataFrame, *, seed: int
) -> pl.DataFrame:
    """Interval and one-sided p of each excess, by a Poisson bootstrap over customers.

    Each replicate draws 1,024 random groups of customers, and takes the reference anew from
    the other touchpoints. p is that of excess ÷ its standard error over the replicates under
    Student's t with as many degrees of freedom as customers less one, so it has no least
    step as a share of replicates would have.

    Args:
        faces: one row per (face, touchpoint), as ``analysis.bottleneck_faces``.
        sums: touchpoints with their stage, as ``analysis.visit_sums``.
        samples: one row per (touchpoint, group), as ``analysis.visit_samples``.
        seed: the run's seed.

    Returns:
        Per (face, touchpoint_key), sorted so: ``excess_low``, ``excess_high``, ``p_value``.
    """
    keys = sums["touchpoint_key"].sort().to_list()
    place = {key: number for number, key in enumerate(keys)}
    stages = dict(sums.select("touchpoint_key", "stage").iter_rows())
    samples = samples.with_columns(wait_hours=pl.col("wait_microseconds") / _MICROSECONDS_AN_HOUR)
    weights = sample_weights(seed=seed, purpose="bottlenecks")
    drawn = {
        column: _drawn(samples, column, place, weights)
        for column in sorted({name for pair in _FACES.values() for name in pair})
    }
    rows = []
    for row in faces.sort("face", "touchpoint_key").iter_rows(named=True):
        amounts, counts = (drawn[column] for column in _FACES[row["face"]])
        own = place[row["touchpoint_key"]]
        if row["reference_scope"] == "target":
            reference: Floats = np.full(len(weights), row["reference"])
        else:
            others = [
                number
                for key, number in place.items()
                if number != own
                and (
                    row["reference_scope"] != "stage"
                    or stages[key] == stages[row["touchpoint_key"]]
                )
            ]
            with np.errstate(divide="ignore", invalid="ignore"):
                reference = amounts[others].sum(axis=0) / counts[others].sum(axis=0)
        excesses = amounts[own] - counts[own] * reference
        rows.append(
            {
                "face": row["face"],
                "touchpoint_key": row["touchpoint_key"],
                **_judged(row["excess"], excesses[np.isfinite(excesses)], row["customers"]),
            }
        )
    return pl.DataFrame(rows, schema=_TEST_SCHEMA)


def bottleneck_values(
    faces: pl.DataFrame,
    sums: pl.DataFrame,
    mixes: pl.DataFrame,
    edges: pl.DataFrame,
    sales: pl.DataFrame,
) -> pl.DataFrame:
    """Conversions and money that go with the excess of slow and leaky touchpoints.

    Leaky: the exit rate is set to the reference and the chain solved again. Slow: moves after
    a wait above the reference go where those after a wait at or below it went; exits, which
    are no waits, stay. This is what is associated with the excess, not what it causes. Values
    of several touchpoints do not add up: ``face_conversions`` changes all of a face with an
    excess above 0 at once.

    Args:
        faces: as ``analysis.bottleneck_faces``.
        sums: touchpoints with their names, as ``analysis.visit_sums``.
        mixes: moves after long and other waits, as ``analysis.wait_mixes``.
        edges: as ``graph.edges``.
        sales: settled conversions with a value, as ``analysis.sales``.

    Returns:
        Per (face, touchpoint_key) of the two faces, sorted so; nulls where nothing is settled,
        without a reference, or where the chain would be left without a way out.
    """
    names = dict(sums.select("touchpoint_key", "touchpoint").iter_rows())
    chain = chain_of(edges)
    before = solve(chain).p_start if chain is not None else 0.0
    gains = Gains(chain) if chain is not None else None
    currency = sales["currency"][0] if sales.height == 1 else None
    price = float(sales["value"][0]) / sales["sales"][0] if sales.height == 1 else None
    rows: list[dict[str, Any]] = []
    for face in ("leaky", "slow"):
        told = faces.filter(face=face).sort("touchpoint_key").to_dicts()
        together: Chain | None = chain
        found = []
        for row in told:
            node = names[row["touchpoint_key"]]
            changed = _at_reference(chain, node, row, mixes)
            found.append(gains.of(changed, node) if gains and changed is not None else None)
            if changed is not None and row["excess"] > 0 and together is not None:
                together = _at_reference(together, node, row, mixes)
        joint = _gained(chain, together, before)
        for row, conversions in zip(told, found, strict=True):
            rows.append(
                {
                    "face": face,
                    "touchpoint_key": row["touchpoint_key"],
                    "conversions": significant(conversions),
                    "value": _worth(conversions, price),
                    "value_currency": None if conversions is None else currency,
                    "face_conversions": significant(joint),
                    "face_value": _worth(joint, price),
                }
            )
    return pl.DataFrame(rows, schema=_VALUE_SCHEMA)


def with_moves(chain: Chain, node: str, moves: dict[str, float]) -> Chain:
    """The chain in which a node's moves to other nodes are shared out anew; its ends stay.

    Args:
        chain: the chain.
        node: the touchpoint left.
        moves: node entered -> weight; those that are no node of the chain are left out.

    Raises:
        UnknownName: the chain has no such node.
        InputRefused: a node is left without a way out.
    """
    row = chain.place(node)
    places = {name: place for place, name in enumerate(chain.nodes)}
    shares = np.zeros(len(chain.nodes))
    for name, told in moves.items():
        if name in places:
            shares[places[name]] = told
    shares *= float(row_of(chain.matrix, row).sum()) / shares.sum()
    return with_row(chain, row, shares, chain.to_converted[row], chain.to_dropped[row])


class Gains:
    """What a change of one touchpoint does to the conversions, without a chain solved anew.

    (I - Q)x = r differs in one row then, so its solution differs by a multiple of one column
    of the inverse.

    Source:
        Sherman, Morrison: Adjustment of an inverse matrix (1950).
    """

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        square = eye_array(len(chain.nodes)) - chain.matrix
        self._factors = splu(square.tocsc())
        self._chances = self._factors.solve(chain.to_converted)
        self._visits = splu(square.T.tocsc()).solve(chain.start)

    def of(self, changed: Chain, node: str) -> float:
        """Conversions more, or fewer, of the journeys that started."""
        chain, row = self._chain, self._chain.place(node)
        unit = np.zeros(len(chain.nodes))
        unit[row] = 1.0
        column = self._factors.solve(unit)
        shares = row_of(changed.matrix, row)
        chance = float(shares @ self._chances) + changed.to_converted[row]
        gained = self._visits[row] * (chance - self._chances[row]) / (column[row] - shares @ column)
        if abs(gained) < _ROUNDING:
            return 0.0
        return float(gained * chain.visits[chain.place(START)])


def _at_reference(
    chain: Chain | None, node: str, row: dict[str, Any], mixes: pl.DataFrame
) -> Chain | None:
    """The chain with one touchpoint at its reference; None where it cannot be."""
    if chain is None or row["reference"] is None or node not in chain.nodes:
        return None
    try:
        if row["face"] == "leaky":
            return with_exit_rate(chain, node, min(max(row["reference"], 0.0), 1.0))
        told = mixes.filter(pl.col("touchpoint") == node, pl.col("other_moves") > 0)
        if told.is_empty():
            return None
        return with_moves(chain, node, dict(told.select("next_touchpoint", "other_moves").rows()))
    except InputRefused:
        return None  # a touchpoint nobody leaves but by dropping has no other moves to scale


def _gained(chain: Chain | None, changed: Chain | None, before: float) -> float | None:
    if chain is None or changed is None:
        return None
    journeys = float(chain.visits[chain.place(START)])
    return (solve(changed).p_start - before) * journeys


def _worth(conversions: float | None, price: float | None) -> float | None:
    return None if conversions is None or price is None else significant(conversions * price)


def _judged(excess: float | None, replicates: Floats, customers: int) -> dict[str, float | None]:
    """Bounds that hold the excess, and its p."""
    if excess is None or customers < 2 or len(replicates) < 2:
        return {"excess_low": None, "excess_high": None, "p_value": None}
    low, high = (float(bound) for bound in np.quantile(replicates, BOUNDS))
    error = float(replicates.std(ddof=1))
    p_value = float(stdtr(customers - 1, -excess / error)) if error > 0 else 1.0
    return {
        "excess_low": significant(min(low, excess)),
        "excess_high": significant(max(high, excess)),
        "p_value": significant(p_value),
    }


def _drawn(samples: pl.DataFrame, column: str, place: dict[int, int], weights: Floats) -> Floats:
    """Sum of a column per touchpoint and replicate."""
    rows = samples["touchpoint_key"].replace_strict(place, return_dtype=pl.Int64).to_numpy()
    summed: Floats = sample_sums(rows, len(place), samples, column) @ weights.T
    return summed
