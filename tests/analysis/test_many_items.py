"""Bootstraps of many items at once, against those of one item and against counting out."""

import numpy as np
import polars as pl

from journeylab.analysis.customer_groups import SAMPLES
from journeylab.analysis.resampling import REPLICATES, poisson_weights, weighted_median
from journeylab.analysis.sales_cycle import sales_cycle
from journeylab.analysis.sample_intervals import median_intervals, ratio_intervals

HASHES = np.arange(1, 41, dtype=np.uint64) * np.uint64(7919)


def weights(purpose, replicate):
    """Draws of the groups that the customers fall into, all of them different ones."""
    return poisson_weights(HASHES % 1024, seed=0, purpose=purpose, replicate=replicate)


def test_medians_are_those_of_each_item_alone():
    """Item a has the amounts 1 to 40, b their squares; each replicate counted out by hand."""
    items = pl.DataFrame({"item_number": [0, 1], "item": ["a", "b"], "customers": [40, 40]})
    times = pl.DataFrame(
        [
            (number, int(code) % SAMPLES, float(place**power), 1)
            for number, power in ((0, 1), (1, 2))
            for place, code in enumerate(HASHES, start=1)
        ],
        schema=["item_number", "sample_number", "amount", "n"],
        orient="row",
    )
    amounts = np.arange(1.0, 41.0)
    alone = [weighted_median(amounts, weights("medians", n)) for n in range(REPLICATES)]
    squares = [weighted_median(amounts**2, weights("medians", n)) for n in range(REPLICATES)]

    found = median_intervals(items, times.sample(fraction=1, shuffle=True, seed=1), seed=0)

    assert found.rows() == [
        ("a", *np.quantile(alone, (0.025, 0.975)).tolist()),
        ("b", *np.quantile(squares, (0.025, 0.975)).tolist()),
    ]


def test_amounts_counted_are_amounts_told_one_by_one():
    """Steps of journeys: few different numbers, which many journeys of a sample have."""
    items = pl.DataFrame({"item_number": [0], "item": ["steps"], "customers": [300]})
    steps = np.random.default_rng(7).integers(1, 6, 4_000)
    alone = pl.DataFrame(
        {
            "item_number": 0,
            "sample_number": np.arange(4_000) % 300,
            "amount": steps.astype(float),
            "n": 1,
        }
    )
    counted = alone.group_by("item_number", "sample_number", "amount").agg(pl.col("n").sum())

    assert counted.height < 1_501
    assert median_intervals(items, counted, seed=0).equals(median_intervals(items, alone, seed=0))


def test_one_customer_has_no_interval():
    """Neither a median nor a mean of one customer says how sure it is."""
    items = pl.DataFrame({"item_number": [0], "item": ["a"], "customers": [1]})
    times = pl.DataFrame(
        {"item_number": [0, 0], "sample_number": [7, 7], "amount": [1.0, 3], "n": [1, 1]}
    )
    ratios = pl.DataFrame(
        {
            "item": ["a"],
            "customer_hash": pl.Series([7], dtype=pl.UInt64),
            "amount": [100],
            "n": [1],
        }
    )

    assert median_intervals(items, times, seed=0).rows() == [("a", None, None)]
    assert ratio_intervals(ratios, seed=0).rows() == [("a", 1, 1, 100.0, None, None)]


def test_no_samples_give_no_items():
    """Empty frames keep their columns."""
    items = {"item_number": pl.UInt16, "item": pl.String, "customers": pl.Int64}
    times = {
        "item_number": pl.UInt16,
        "sample_number": pl.UInt16,
        "amount": pl.Float64,
        "n": pl.UInt32,
    }
    ratios = {"item": pl.String, "customer_hash": pl.UInt64, "amount": pl.Float64, "n": pl.Int64}

    found = median_intervals(pl.DataFrame(schema=items), pl.DataFrame(schema=times), seed=0)

    assert (found.columns, found.rows()) == (["item", "low", "high"], [])
    assert ratio_intervals(pl.DataFrame(schema=ratios), seed=0).rows() == []


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


def test_the_sales_cycle_counts_in_parts_what_it_counts_at_once(monkeypatch):
    """Of 80 journeys seven are looked at together, or all of them: the bounds are the same."""
    times = pl.DataFrame(
        {
            "customer_hash": np.concatenate((HASHES, HASHES + np.uint64(1))),
            "cause": (["goal"] * 3 + ["dropped", ""]) * 16,
            "lasted_microseconds": [n % 60 * 1_000_000 for n in range(80)],
        }
    )
    at_once = sales_cycle(times, seed=0)

    monkeypatch.setattr("journeylab.analysis.sales_cycle._AT_A_TIME", 7)

    assert at_once["low"][0] < at_once["high"][0]
    assert sales_cycle(times, seed=0).equals(at_once)


def test_the_sales_cycle_of_no_journeys_is_no_row():
    """Nothing lasted, so nothing is told."""
    kinds = {
        "customer_hash": pl.UInt64,
        "cause": pl.String,
        "lasted_microseconds": pl.Int64,
    }

    assert sales_cycle(pl.DataFrame(schema=kinds), seed=0).is_empty()
