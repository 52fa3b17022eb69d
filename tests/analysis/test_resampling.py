"""The bootstrap over customers: draws are hashes, so nothing but the customers matters."""

import numpy as np
import polars as pl
import pytest

from journeylab.analysis.customer_groups import (
    SAMPLES,
    Cells,
    groups_of,
    replicated,
    sample_weights,
)
from journeylab.analysis.resampling import POISSON_CDF, poisson, poisson_weights, weighted_median
from journeylab.analysis.sample_intervals import kpi_intervals


def intervals(amounts, *, customers=None, statistic="mean"):
    """The interval of one KPI over amounts, each of its customer; of all different ones if none."""
    customers = list(range(len(amounts)) if customers is None else customers)
    items = pl.DataFrame(
        {
            "item_number": [0],
            "kpi": ["order"],
            "statistic": [statistic],
            "currency": ["EUR"],
            "customers": [len(set(customers))],
        }
    )
    drawn = pl.DataFrame(
        {
            "item_number": [0] * len(amounts),
            "sample_number": [customer % SAMPLES for customer in customers],
            "amount": [float(amount) for amount in amounts],
            "n": [1] * len(amounts),
        }
    )
    return kpi_intervals(items, drawn, seed=0)


def test_weights_are_poisson_with_mean_one():
    """Over 100,000 customers mean and variance are 1, and e⁻¹ of them are left out."""
    weights = poisson_weights(
        np.arange(100_000, dtype=np.uint64), seed=0, purpose="test", replicate=0
    )

    assert weights.mean() == pytest.approx(1, abs=0.02)
    assert weights.var() == pytest.approx(1, abs=0.03)
    assert (weights == 0).mean() == pytest.approx(0.3679, abs=0.01)


def test_a_draw_depends_on_seed_purpose_customer_and_replicate_alone():
    """The same customers in another order draw the same; another replicate draws anew."""
    customers = np.arange(50, dtype=np.uint64)
    told = {"seed": 1, "purpose": "p", "replicate": 3}
    drawn = poisson_weights(customers, **told)

    assert (poisson_weights(customers[::-1], **told)[::-1] == drawn).all()
    assert (poisson_weights(customers, **{**told, "replicate": 4}) != drawn).any()
    assert (poisson_weights(customers, **{**told, "seed": 2}) != drawn).any()


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        pytest.param([1, 1, 1], 2.0, id="odd"),
        pytest.param([1, 1, 0], 1.5, id="even: the middle two"),
        pytest.param([3, 1, 1], 1.0, id="one stands often"),
        pytest.param([0, 0, 0], None, id="nobody drawn"),
    ],
)
def test_weighted_median(weights, expected):
    """Values 1, 2, 9, each standing as often as its weight says."""
    assert weighted_median(np.array([1.0, 2.0, 9.0]), np.array(weights)) == expected


def test_the_interval_of_a_mean_is_as_wide_as_theory_says():
    """400 customers spending 0 or 2: mean 1, standard error 1/20, so about 0.9 to 1.1."""
    low, high = intervals([0, 2] * 200).select("low", "high").row(0)

    assert (low, high) == pytest.approx((0.9, 1.1), abs=0.03)


def test_journeys_of_one_customer_are_drawn_together():
    """100 equal journeys of each of 4 customers say what 4 journeys say."""
    alone = intervals([1, 2, 3, 4], customers=[1, 2, 3, 4])
    often = intervals([1, 2, 3, 4] * 100, customers=[1, 2, 3, 4] * 100)

    assert often.equals(alone)


@pytest.mark.parametrize("statistic", ["mean", "median", "gain"])
def test_the_order_of_rows_does_not_matter(statistic):
    """To the last published digit."""
    amounts = [3, 1, 4, 1, 5, 9, 2, 6]
    turned = intervals(amounts[::-1], customers=range(8)[::-1], statistic=statistic)

    assert turned.equals(intervals(amounts, customers=range(8), statistic=statistic))


def test_one_customer_has_no_interval():
    """Two journeys of one customer cannot say how customers differ."""
    assert intervals([1, 9], customers=[7, 7]).rows() == [("order", "EUR", None, None)]


def test_groups_draw_what_a_customer_of_that_number_draws():
    """The fast way for all replicates at once is the same draw."""
    groups = np.arange(SAMPLES, dtype=np.uint64)

    weights = sample_weights(seed=2, purpose="p", replicates=8)

    for number in range(8):
        drawn = poisson_weights(groups, seed=2, purpose="p", replicate=number)
        assert (weights[number] == drawn).all()


def test_draws_at_the_bounds_of_the_distribution_fall_on_the_right_side():
    """Below, at and above each bound of the CDF, where the leading bits leave it open."""
    bounds = (POISSON_CDF[:8] * 2.0**53).astype(np.uint64)
    drawn = np.concatenate([bounds - np.uint64(1), bounds, bounds + np.uint64(1)]) << np.uint64(11)

    shares = (drawn >> np.uint64(11)).astype(np.float64) / 2.0**53
    assert poisson(drawn).tolist() == [int((share >= POISSON_CDF).sum()) for share in shares]


def test_sums_over_groups_of_customers():
    """2,000 customers, each once in item 0 and every second twice in item 1."""
    customers = np.arange(2_000, dtype=np.uint64)
    who = np.concatenate([customers, customers[::2]])
    items = np.repeat([0, 1], [2_000, 1_000])
    cells = Cells(items, groups_of(who), np.repeat([[1.0, 2.0]], [2_000, 1_000], axis=1), size=2)

    sums = replicated(cells, sample_weights(seed=0, purpose="p", replicates=5))

    drawn = poisson_weights(customers % SAMPLES, seed=0, purpose="p", replicate=4)
    assert sums.shape == (1, 2, 6)
    assert sums[0, :, 0].tolist() == [2_000, 2_000]
    assert sums[0, :, 5].tolist() == [drawn.sum(), 2 * drawn[::2].sum()]
