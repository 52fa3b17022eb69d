"""Two groups compared: ratios by hand, and p values that keep what they promise."""

import numpy as np
import polars as pl
import pytest

from journeylab.analysis.comparison import benjamini_hochberg, compare_ratios
from journeylab.analysis.permuting import permuted_sums, sums_of

RATIO = pl.DataFrame(
    {
        "measure": ["share_out"],
        "from_node": ["cart"],
        "to_node": ["paid"],
        "numerator": ["transitions"],
        "denominator": ["moves"],
        "denominator_from_node": ["cart"],
        "is_share": [True],
    }
)


def features(rows):
    """(side, customer, moves cart -> paid, moves out of cart) as sums per customer."""
    told = []
    for side, customer, paid, moves in rows:
        mixed = (customer * 0x9E3779B97F4A7C15 + 12345) % 2**64
        told.append((side, mixed, "transitions", "cart", "paid", paid))
        told.append((side, mixed, "moves", "cart", None, moves))
    return pl.DataFrame(
        told,
        schema={
            "side": pl.String,
            "customer_hash": pl.UInt64,
            "feature": pl.String,
            "from_node": pl.String,
            "to_node": pl.String,
            "amount": pl.Float64,
        },
        orient="row",
    )


def compared(rows, *, seed=0, permutations=500):
    """The one row of the comparison."""
    found = sums_of(features(rows))
    (permuted,) = permuted_sums([found], seed=seed, permutations=permutations)
    return compare_ratios(found, RATIO, permuted).row(0, named=True)


def test_ratios_are_sums_over_sums():
    """40 customers each: 30 of 60 moves against 10 of 40; Cohen's h of 0.5 and 0.25."""
    rows = [("a", n, 1.0 if n < 30 else 0.0, 1.0 if n < 20 else 2.0) for n in range(40)]
    rows += [("b", 100 + n, 1.0 if n < 10 else 0.0, 1.0) for n in range(40)]

    row = compared(rows)

    assert (row["value_a"], row["value_b"], row["difference"]) == (0.5, 0.25, 0.25)
    assert row["effect_size"] == pytest.approx(2 * (np.pi / 4 - np.arcsin(0.5)))
    assert (row["n_a"], row["n_b"], row["customers_a"], row["customers_b"]) == (60, 40, 40, 40)
    assert row["p_value"] == pytest.approx(row["p_adjusted"])
    assert row["difference_low"] < 0.25 < row["difference_high"]
    assert row["is_insufficient"] is False


def test_few_customers_get_no_p():
    """29 customers on one side are insufficient, whatever the difference."""
    rows = [("a", n, 1.0, 1.0) for n in range(29)] + [("b", 100 + n, 0.0, 1.0) for n in range(99)]

    row = compared(rows)

    assert (row["difference"], row["p_value"], row["is_significant"]) == (1.0, None, False)
    assert row["is_insufficient"] is True


def test_a_share_nobody_has_is_null():
    """Group b never stood at the cart."""
    rows = [("a", n, 1.0, 1.0) for n in range(40)] + [("b", 100 + n, 0.0, 0.0) for n in range(40)]

    row = compared(rows)

    assert (row["value_a"], row["value_b"], row["difference"]) == (1.0, None, None)
    assert row["p_value"] is None


def test_the_order_of_rows_does_not_matter():
    """Draws belong to customers, not to rows."""
    rows = [(side, n, float(n % 3 == 0), 1.0) for n in range(80) for side in "ab"[n % 2]]

    assert compared(rows) == compared(rows[::-1])


def test_a_customer_in_both_groups_is_swapped_whole():
    """Everybody in both, b always one more of 10: each permutation only turns the sign."""
    rows = [(side, n, 5.0 + (side == "b"), 10.0) for n in range(60) for side in "ab"]

    row = compared(rows)

    assert row["difference"] == pytest.approx(-0.1)
    assert row["p_value"] < 1e-6


@pytest.mark.parametrize(
    ("size_of_a", "visits"),
    [
        pytest.param(150, 1, id="equal groups"),
        pytest.param(40, 1, id="unequal groups"),
        pytest.param(60, 20, id="many visits a customer"),
    ],
)
def test_without_a_difference_one_test_in_twenty_is_below_5_percent(size_of_a, visits):
    """A thousand figures of 300 customers that have nothing to do with the group.

    Visits of a customer depend on each other: a test that took them for independent would
    call most figures of the last case different.
    """
    chance = np.random.default_rng(7)
    worlds, people = 1000, 300
    paid = chance.binomial(visits, chance.beta(1, 2, (people, worlds))).astype(float)
    side = np.where(np.arange(people) < size_of_a, "a", "b")
    names = [f"w{world:04}" for world in range(worlds)]
    hashes = chance.integers(0, 2**64, people, dtype=np.uint64)
    told = pl.DataFrame(
        {
            "side": np.repeat(side, worlds),
            "customer_hash": np.repeat(hashes, worlds),
            "feature": "transitions",
            "from_node": "cart",
            "to_node": names * people,
            "amount": paid.ravel(),
        }
    )
    moves = told.filter(to_node="w0000").with_columns(
        pl.lit("moves").alias("feature"),
        pl.lit(None, dtype=pl.String).alias("to_node"),
        pl.lit(float(visits)).alias("amount"),
    )
    ratios = pl.concat([RATIO.with_columns(pl.lit(name).alias("to_node")) for name in names])

    found = sums_of(pl.concat([told, moves]))

    rows = compare_ratios(found, ratios, *permuted_sums([found], seed=0))

    assert 0.03 <= (rows["p_value"] <= 0.05).mean() <= 0.07
    assert (rows["p_value"] <= 0.005).mean() <= 0.012
    assert rows["is_significant"].sum() <= 1


def test_adjusted_p_by_hand():
    """Four tests: 0.01·4/1, 0.02·4/2 = 0.04, 0.03·4/3 = 0.04, 0.5; what has none stays out."""
    adjusted = benjamini_hochberg(np.array([0.5, 0.02, np.nan, 0.01, 0.03]))

    assert adjusted == pytest.approx([0.5, 0.04, np.nan, 0.04, 0.04], nan_ok=True)
