"""Conversions that go missing with a loop and purchases that do with late answers."""

import polars as pl
import pytest

from journeylab.analysis.associations import association_tests

TOUCHPOINTS = pl.DataFrame(
    {"touchpoint_key": [3, 5], "touchpoint": ["web:search", "chat:started"]},
    schema_overrides={"touchpoint_key": pl.UInt16},
)
#: A hundred groups of customers: 3 journeys came to the search, 2 of them bought.
VISITS = pl.DataFrame(
    {
        "touchpoint_key": [3] * 100,
        "sample_number": list(range(100)),
        "journeys": [3] * 100,
        "converted": [2] * 100,
    },
    schema_overrides={"touchpoint_key": pl.UInt16},
)
#: Of those journeys one walked the loop, and in a quarter of the groups it bought.
LOOPS = pl.DataFrame(
    {
        "loop_keys": [[3, 4]] * 100,
        "touchpoint_key": [3] * 100,
        "sample_number": list(range(100)),
        "journeys": [1] * 100,
        "converted": [int(number % 4 == 0) for number in range(100)],
        "customers": [100] * 100,
    },
    schema_overrides={"loop_keys": pl.List(pl.UInt16), "touchpoint_key": pl.UInt16},
)
ANSWERS = pl.DataFrame(
    {
        "touchpoint_key": [5] * 40,
        "sample_number": list(range(40)),
        "late": [1] * 40,
        "late_again": [0, 1] * 20,
        "prompt": [1] * 40,
        "prompt_again": [1, 0] * 20,
        "journeys": [40] * 40,
        "customers": [40] * 40,
    },
    schema_overrides={"touchpoint_key": pl.UInt16},
)


def test_a_loop_is_held_against_those_who_came_by():
    """With it 25 of 100 bought; without it 200 - 25 of 200: 62.5 missing, and that is sure."""
    found = association_tests(LOOPS, VISITS, ANSWERS.clear(), TOUCHPOINTS, seed=1)

    assert found.select(
        "face", "item", "n", "customers", "figure", "reference", "excess"
    ).rows() == [("loop", "3,4", 100, 100, 0.25, 0.875, 62.5)]
    assert found["p_value"][0] < 1e-6
    assert found["excess_low"][0] > 40


def test_late_answers_are_held_against_prompt_ones():
    """Half of either bought again: nothing is missing, and p is a half."""
    found = association_tests(LOOPS.clear(), VISITS.clear(), ANSWERS, TOUCHPOINTS, seed=1)

    assert found.select("face", "item", "n", "figure", "reference", "excess").rows() == [
        ("late answer", "chat:started", 40, 0.5, 0.5, 0.0)
    ]
    assert found["p_value"][0] == pytest.approx(0.5)
    assert found["excess_low"][0] == pytest.approx(-found["excess_high"][0])


def test_the_same_seed_gives_the_same_figures():
    """Another order of rows does not matter."""
    first = association_tests(LOOPS, VISITS, ANSWERS, TOUCHPOINTS, seed=1)
    again = association_tests(
        LOOPS.reverse(), VISITS.reverse(), ANSWERS.reverse(), TOUCHPOINTS, seed=1
    )

    assert first.equals(again)


def test_nothing_gives_an_empty_table():
    """With the declared columns."""
    found = association_tests(LOOPS.clear(), VISITS.clear(), ANSWERS.clear(), TOUCHPOINTS, seed=1)

    assert found.columns[:4] == ["face", "item", "touchpoint_key", "unit"]
    assert found.is_empty()
