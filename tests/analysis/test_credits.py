"""Shares that add up, removal effects and Shapley values, against slow obvious ones."""

from decimal import Decimal
from itertools import combinations, pairwise
from math import factorial

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylab.analysis.attribution import Counted, attribution
from journeylab.analysis.chain import chain_of, solve, without
from journeylab.analysis.credits import largest_remainder, normalised, removals


@pytest.mark.parametrize(
    ("shares", "total", "places", "parts"),
    [
        pytest.param([1, 1, 1], "1", 2, ["0.34", "0.33", "0.33"], id="ties to the first"),
        pytest.param([1, 2, 3], "0.05", 2, ["0.01", "0.02", "0.02"], id="greatest remainders"),
        pytest.param([0, 5], "7.50", 2, ["0.00", "7.50"], id="nothing for nothing"),
        pytest.param([0, 0], "0", 2, ["0.00", "0.00"], id="nothing to share"),
        pytest.param([1, 1], "0.0001", 4, ["0.0001", "0.0000"], id="four places"),
    ],
)
def test_parts_add_up(shares, total, places, parts) -> None:
    """Rounded down, what is left to the greatest remainders."""
    told = largest_remainder(np.array(shares, float), Decimal(total), places)

    assert told == [Decimal(part) for part in parts]


@given(
    st.lists(st.floats(0.0, 1e6), min_size=1, max_size=30).filter(lambda s: sum(s) > 1e-3),
    st.integers(0, 10**12),
)
def test_parts_of_any_shares_add_up(shares, cents) -> None:
    """To the cent, whatever the shares, and none is off by more than one."""
    total = Decimal(cents).scaleb(-2)

    parts = largest_remainder(np.array(shares), total, 2)

    assert sum(parts) == total
    exact = [share / sum(shares) * cents for share in shares]
    assert all(abs(float(p) * 100 - e) <= 1 + 1e-3 for p, e in zip(parts, exact, strict=True))


def test_effects_of_nothing_fall_back_on_linear() -> None:
    """Where no removal costs a conversion, the linear rule shares; negatives count as 0."""
    shares = normalised(np.array([[0.0, 0.0], [-0.5, 0.25]]), np.array([[3.0, 1.0], [9.0, 9.0]]))

    assert shares.tolist() == [[0.75, 0.25], [0.0, 1.0]]


def test_removal_effects_by_hand() -> None:
    """Journeys a b a goal; b goal; goal; a c end. p = 3/4; without a 3/8; without b 5/12."""
    moves = np.array(
        [
            # a  b  c  goal  end
            [2, 1, 0, 1, 0],
            [0, 1, 1, 1, 0],
            [1, 0, 0, 1, 0],
            [0, 0, 0, 0, 1],
        ],
        dtype=float,
    )

    assert removals(moves) == pytest.approx([1 / 2, 4 / 9, 0])


PATHS = st.lists(
    st.tuples(st.lists(st.sampled_from("abcd"), max_size=5), st.booleans()),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(PATHS)
def test_removal_effects_are_those_of_the_chain_solved_without_each_unit(paths) -> None:
    """One inverse says what removing the units one by one and solving again says."""
    places = {name: n for n, name in enumerate("abcd")}
    moves = np.zeros((5, 6))
    edges = []
    for path, converts in paths:
        nodes = ["(start)", *path, "(converted)" if converts else "(dropped)"]
        for origin, target in pairwise(nodes):
            row = 0 if origin == "(start)" else places[origin] + 1
            column = places.get(target, 4 if target == "(converted)" else 5)
            moves[row, column] += 1
            edges.append((origin, target, 1))
    chain = chain_of(
        pl.DataFrame(edges, schema=["from_node", "to_node", "transitions_settled"], orient="row")
    )
    assert chain is not None
    p = solve(chain).p_start
    slow = [
        1 - solve(without(chain, name)).p_start / p if p > 0 and name in chain.nodes else 0.0
        for name in "abcd"
    ]

    assert removals(moves) == pytest.approx(slow, abs=1e-9)


def by_subsets(journeys: list[tuple[frozenset[str], int]], units: str) -> dict[str, float]:
    """Shapley values by their definition: what a unit adds to every set of the others."""

    def worth(members: frozenset[str]) -> int:
        return sum(value for touched, value in journeys if touched <= members)

    values = {}
    for unit in units:
        others = [name for name in units if name != unit]
        values[unit] = sum(
            factorial(size)
            * factorial(len(others) - size)
            / factorial(len(units))
            * (worth(frozenset(chosen) | {unit}) - worth(frozenset(chosen)))
            for size in range(len(others) + 1)
            for chosen in combinations(others, size)
        )
    return values


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.frozensets(st.sampled_from("abcd"), min_size=1), st.integers(1, 9)),
        min_size=1,
        max_size=8,
    )
)
def test_equal_parts_of_each_journey_are_the_shapley_values(journeys) -> None:
    """With the worth of the journeys whose units are all there, the sum over sets closes."""
    closed = dict.fromkeys("abcd", 0.0)
    for touched, value in journeys:
        for unit in touched:
            closed[unit] += value / len(touched)

    assert by_subsets(journeys, "abcd") == pytest.approx(closed)


def counted(units: dict[str, float]) -> Counted:
    """One conversion a customer, all credit by every rule to one unit each; 40 customers a unit."""
    rules = ("first", "last", "linear", "position", "time_decay", "shapley")
    rows, moves = [], []
    for number, (unit, value) in enumerate(units.items()):
        for sample in range(40):
            told = {f"{rule}_conversions": 1.0 for rule in rules}
            told |= {f"{rule}_value": value for rule in rules}
            place = number * 40 + sample
            rows.append({"unit": unit, "currency": "EUR", "sample_number": place, **told})
            moves.append((None, unit, False, place, 1))
            moves.append((unit, None, True, place, 1))
    credits = pl.DataFrame(rows)
    totals = credits.select(
        "currency",
        "sample_number",
        pl.lit(1).alias("conversions"),
        pl.col("last_value").cast(pl.Decimal(38, 4)).alias("value"),
        pl.lit(0).alias("none_conversions"),
        pl.lit(0).cast(pl.Decimal(38, 4)).alias("none_value"),
    )
    return Counted(
        credits=credits,
        moves=pl.DataFrame(
            moves,
            schema={
                "from_unit": pl.String,
                "to_unit": pl.String,
                "is_converted": pl.Boolean,
                "sample_number": pl.Int64,
                "transitions": pl.Int64,
            },
            orient="row",
        ),
        reach=pl.DataFrame(
            [{"unit": u, "journeys": 40, "converted": 40, "customers": 40} for u in units]
        ),
        totals=totals,
    )


def test_symmetric_units_earn_alike_and_draws_repeat() -> None:
    """Equal units, equal credit; the same seed says the same, another one other intervals."""
    told = counted({"a": 10.0, "b": 10.0})

    first = attribution(told, ["markov", "shapley"], seed=1)

    assert first["conversions"].to_list() == [Decimal(40)] * 4
    assert first["conversion_share"].to_list() == [0.5] * 4
    assert first.filter(model="markov")["removal_effect"].to_list() == [0.5, 0.5]
    assert first.equals(attribution(told, ["markov", "shapley"], seed=1))
    other = attribution(told, ["markov", "shapley"], seed=2)
    assert first["conversions_low"].to_list() != other["conversions_low"].to_list()
    inside = (first["conversion_share_low"] <= 0.5) & (first["conversion_share_high"] >= 0.5)
    assert inside.all()
    width = first["conversion_share_high"] - first["conversion_share_low"]
    assert width.is_between(0.15, 0.30).all()  # 2 * 1.96 * root of (1/4 ÷ 80) = 0.22
