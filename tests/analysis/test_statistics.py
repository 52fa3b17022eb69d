"""Rates, intervals and design effects, each worked out by hand or taken from its paper."""

import numpy as np
import polars as pl
import pytest

from journeylab.analysis.statistics import (
    design_effect,
    differences,
    intervals,
    newcombe,
    significant,
    wilson,
)


@pytest.mark.parametrize(
    ("successes", "trials", "expected"),
    [
        pytest.param(0, 10, (0.0, 0.277533), id="nobody"),
        pytest.param(10, 10, (0.722467, 1.0), id="everybody"),
        pytest.param(1, 10, (0.017876, 0.404150), id="one of ten"),
        pytest.param(5, 10, (0.236593, 0.763407), id="half"),
    ],
)
def test_wilson(successes, trials, expected):
    """0 of 10 reaches up to z² ÷ (n + z²) = 27.8 %."""
    low, high = wilson(successes, trials)

    assert (float(low), float(high)) == pytest.approx(expected, abs=1e-6)


def test_a_design_effect_widens_like_fewer_trials():
    """20 trials with a design effect of 2 say what 10 trials say."""
    assert [float(b) for b in wilson(10, 20, 2.0)] == [float(b) for b in wilson(5, 10)]


def test_no_trials_have_no_interval():
    """Unknown is NaN in arrays, never 0."""
    low, high = wilson([0], [0])

    assert np.isnan([low[0], high[0]]).all()


@pytest.mark.parametrize(
    ("customers", "expected"),
    [
        pytest.param([(2, 2), (0, 2)], 4.0, id="all or nothing"),
        pytest.param([(1, 1), (1, 1), (0, 1), (0, 1)], 4 / 3, id="one trial each"),
        pytest.param([(1, 2), (1, 2)], 1.0, id="alike: never below 1"),
        pytest.param([(0, 5), (0, 1)], 1.0, id="rate 0"),
        pytest.param([(3, 3), (1, 1)], 1.0, id="rate 1"),
        pytest.param([(1, 2)], 1.0, id="one customer"),
    ],
)
def test_design_effect(customers, expected):
    """Two customers, 2 of 2 and 0 of 2: Σ(x - n/2)² = 2 over npq = 1, times 2 ÷ 1 = 4."""
    x = np.array([success for success, _ in customers])
    n = np.array([trials for _, trials in customers])

    effect = design_effect(
        x.sum(), n.sum(), len(customers), (x * x).sum(), (x * n).sum(), (n * n).sum()
    )

    assert float(effect) == pytest.approx(expected)


def test_newcombe_as_in_the_paper():
    """56 of 70 against 48 of 80: 0.0524 to 0.3339 by method 10."""
    low, high = newcombe(56 / 70, wilson(56, 70), 48 / 80, wilson(48, 80))

    assert (float(low), float(high)) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def counts(*rows):
    names = ("successes", "trials", "customers", "sum_xx", "sum_xn", "sum_nn")
    schema = {"measure": pl.String, "item": pl.String, **dict.fromkeys(names, pl.Int64)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_intervals_come_sorted_with_nulls_for_unknown():
    """Frames are put together; fewer than 30 customers say little."""
    told = intervals(
        counts(("exit_rate", "b", 0, 0, 0, 0, 0, 0)),
        counts(("exit_rate", "a", 0, 10, 10, 0, 0, 10)),
    )

    assert told.select("item", "rate", "high", "design_effect", "is_insufficient").rows() == [
        ("a", 0.0, 0.2775328, 1.0, True),
        ("b", None, None, None, True),
    ]


def test_differences_pair_with_and_without():
    """Items that lack one of the two are left out; no trials give nulls."""
    told = differences(
        intervals(
            counts(
                ("loop_with", "x", 56, 70, 70, 56, 56, 70),
                ("loop_without", "x", 48, 80, 80, 48, 48, 80),
                ("loop_with", "y", 1, 1, 1, 1, 1, 1),
                ("loop_without", "y", 0, 0, 0, 0, 0, 0),
                ("loop_with", "z", 1, 1, 1, 1, 1, 1),
            )
        )
    )

    assert told.select("measure", "item", "difference").rows() == [
        ("loop", "x", 0.2),
        ("loop", "y", None),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(1 / 3, 0.333333333, id="a share"),
        pytest.param(123456789.987, 123456790.0, id="a large one"),
        pytest.param(0.0, 0.0, id="zero"),
        pytest.param(None, None, id="unknown"),
    ],
)
def test_published_floats_have_nine_digits(value, expected):
    """The tenth digit depends on the order of sums; it is not published."""
    assert significant(value) == expected
