"""Bootstraps of many items at once, against those of one item and against counting out."""

import numpy as np
import polars as pl

from journeylab.analysis.resampling import REPLICATES, poisson_weights, weighted_median
from journeylab.analysis.sales_cycle import sales_cycle
from journeylab.analysis.sample_intervals import median_intervals, ratio_intervals

HASHES = np.arange(1, 41, dtype=np.uint64) * np.uint64(7919)


def weights(purpose, replicate):
    """Draws of the groups that the customers fall into, all of them different ones."""
    return poisson_weights(HASHES % 1024, seed=0, purpose=purpose, replicate=replicate)


def test_medians_are_those_of_each_item_alone():
    """Item a has the amounts 1 to 40, b their squares; each replicate counted out by hand."""
    samples = pl.DataFrame(
        [
            {"item": item, "customer_hash": int(code), "amount": float(place**power)}
            for item, power in (("a", 1), ("b", 2))
            for place, code in enumerate(HASHES, start=1)
        ],
        schema={"item": pl.String, "customer_hash": pl.UInt64, "amount": pl.Float64},
    )
    amounts = np.arange(1.0, 41.0)
    alone = [weighted_median(amounts, weights("medians", n)) for n in range(REPLICATES)]
    squares = [weighted_median(amounts**2, weights("medians", n)) for n in range(REPLICATES)]

    found = median_intervals(samples.sample(fraction=1, shuffle=True, seed=1), seed=0)

    assert found.rows() == [
        ("a", *np.quantile(alone, (0.025, 0.975)).tolist()),
        ("b", *np.quantile(squares, (0.025, 0.975)).tolist()),
    ]


def test_one_customer_has_no_interval():
    """Neither a median nor a mean of one customer says how sure it is."""
    medians = pl.DataFrame(
        {
            "item": ["a", "a"],
            "customer_hash": pl.Series([7, 7], dtype=pl.UInt64),
            "amount": [1.0, 3],
        }
    )
    ratios = medians.head(1).with_columns(amount=pl.lit(100), n=pl.lit(1))

    assert median_intervals(medians, seed=0).rows() == [("a", None, None)]
    assert ratio_intervals(ratios, seed=0).rows() == [("a", 1, 1, 100.0, None, None)]


def test_no_samples_give_no_items():
    """Empty frames keep their columns."""
    kinds = {"item": pl.String, "customer_hash": pl.UInt64, "amount": pl.Float64, "n": pl.Int64}
    empty = pl.DataFrame(schema=kinds)

    assert median_intervals(empty, seed=0).columns == ["item", "low", "high"]
    assert ratio_intervals(empty, seed=0).rows() == []


def test_a_ratio_is_the_sum_of_amounts_over_the_sum_of_counts():
    """Scores +100, +100, 0 of one and -100 of another: 100 / 4 = 25."""
    samples = pl.DataFrame(
        {
            "item": ["nps", "nps"],
            "customer_hash": pl.Series([1, 2], dtype=pl.UInt64),
            "amount": [200, -100],
            "n": [3, 1],
        }
    )

    assert ratio_intervals(samples, seed=0).select("item", "n", "customers", "value").rows() == [
        ("nps", 4, 2, 25.0)
    ]


def test_the_sales_cycle_does_not_depend_on_the_order_of_rows():
    """40 goals after 1 to 40 s and 40 dropped after 1,000 s; half of 40/80 by the 20th."""
    times = pl.DataFrame(
        {
            "customer_hash": np.concatenate((HASHES, HASHES + np.uint64(1))),
            "cause": ["goal"] * 40 + ["dropped"] * 40,
            "lasted_microseconds": [n * 1_000_000 for n in range(1, 41)] + [1_000_000_000] * 40,
        }
    )

    found = sales_cycle(times, seed=0)

    assert found.select("kpi", "value").rows() == [
        ("sales_cycle_p50_seconds", 20.0),
        ("sales_cycle_read_seconds", 1000.0),
    ]
    assert found["low"][0] < 20.0 < found["high"][0]
    assert sales_cycle(times.reverse(), seed=0).equals(found)
