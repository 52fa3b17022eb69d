"""Shares -> parts that add up, and what removing one unit would cost. Pure functions, no I/O."""

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def largest_remainder(shares: Floats, total: Decimal, places: int) -> list[Decimal]:
    """Parts in proportion to shares, rounded so that they add up to the total.

    Each part is rounded down to ``places`` decimals; what is left goes to the greatest
    remainders, ties to the first.

    Args:
        shares: not negative, in the order in which ties are broken; not all 0 unless the
            total is.
        total: a multiple of the last place.
        places: decimals of the parts.

    Example:
        >>> largest_remainder(np.array([1.0, 1.0, 1.0]), Decimal("1.00"), 2)
        [Decimal('0.34'), Decimal('0.33'), Decimal('0.33')]
    """
    scale = 10**places
    whole = int(total * scale)
    if whole == 0 or not len(shares):
        return [Decimal(0).scaleb(-places)] * len(shares)
    exact = [float(share) / float(shares.sum()) * whole for share in shares]
    # Equal shares keep equal remainders although they are floats, summed from rounded parts:
    # what lies behind a ten-thousandth of the last place is cut.
    floors = [int(part + 1e-7) for part in exact]
    left = whole - sum(floors)
    order = sorted(range(len(exact)), key=lambda n: (-round(exact[n] - floors[n], 4), n))
    for number in order[: max(left, 0)]:
        floors[number] += 1
    for number in order[::-1][: max(-left, 0)]:
        floors[number] -= 1
    return [Decimal(part).scaleb(-places) for part in floors]


def normalised(effects: Floats, fallback: Floats) -> Floats:
    """Removal effects as shares of 1 per row; the fallback's where all are 0.

    Args:
        effects: one row per replicate, one column per unit.
        fallback: credit by the linear rule, of the same shape.
    """
    clipped = np.clip(np.nan_to_num(effects), 0.0, None)
    told = np.where(clipped.sum(axis=1, keepdims=True) > 0, clipped, fallback)
    sums = told.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(told, sums, out=np.zeros_like(told), where=sums > 0)
    return shares


def removals(transitions: Floats) -> Floats:
    """Share of conversions lost if all arrivals at a unit were dropped, exactly.

    Args:
        transitions: moves; rows are the start and the units, columns the units, the goal and
            any other end.

    Returns:
        Per unit in [0, 1]; 0 where nobody converts or comes there.

    Source:
        Chance to come by the unit, times the chance to convert there, ÷ that of all. Anderl
        et al.: Mapping the customer journey (2016); solved instead of simulated.
    """
    size = transitions.shape[0]
    visits = transitions.sum(axis=1, keepdims=True)
    shares = np.divide(transitions, visits, out=np.zeros_like(transitions), where=visits > 0)
    inside = np.zeros((size, size))
    inside[:, 1:] = shares[:, : size - 1]
    inverse = np.linalg.inv(np.eye(size) - inside)
    chances = inverse @ shares[:, size - 1]
    if chances[0] <= 0:
        return np.zeros(size - 1)
    hits = inverse[0] / np.diag(inverse)
    effects: Floats = np.clip(hits * chances / chances[0], 0.0, 1.0)[1:]
    return effects
