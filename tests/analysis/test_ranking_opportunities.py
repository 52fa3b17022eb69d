"""Which excesses survive many comparisons, and how wide their intervals become."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import t as student

from journeylab.analysis.opportunities import benjamini_hochberg, opportunities

TOUCHPOINTS = pl.DataFrame(
    {"touchpoint_key": [0, 1, 2], "touchpoint": ["web:cart", "web:home", "web:product"]},
    schema_overrides={"touchpoint_key": pl.UInt16},
)
VISITS = pl.DataFrame(
    {"touchpoint_key": [0, 1, 2], "journeys": [50, 60, 70]},
    schema_overrides={"touchpoint_key": pl.UInt16},
)
NO_ASSOCIATIONS = pl.DataFrame(
    schema={
        "face": pl.String,
        "item": pl.String,
        "touchpoint_key": pl.UInt16,
        "unit": pl.String,
        "n": pl.Int64,
        "customers": pl.Int64,
        "journeys": pl.Int64,
        **dict.fromkeys(
            ("figure", "reference", "excess", "excess_low", "excess_high", "p_value"), pl.Float64
        ),
    }
)


def judged(p_values, customers=(40, 40, 40)):
    """Three leaky touchpoints with an excess of 10 in the interval from 2 to 20."""
    keys = pl.Series([0, 1, 2], dtype=pl.UInt16)
    faces = pl.DataFrame(
        {
            "face": ["leaky"] * 3,
            "touchpoint_key": keys,
            "unit": ["dropped journeys"] * 3,
            "n": [100] * 3,
            "customers": list(customers),
            "figure": [0.3] * 3,
            "reference": [0.2] * 3,
            "excess": [10.0] * 3,
        }
    )
    tests = pl.DataFrame(
        {
            "face": ["leaky"] * 3,
            "touchpoint_key": keys,
            "excess_low": [2.0] * 3,
            "excess_high": [20.0] * 3,
            "p_value": list(p_values),
        },
        schema_overrides={"p_value": pl.Float64},
    )
    values = pl.DataFrame(
        {"face": ["leaky"], "touchpoint_key": keys[:1], "conversions": [5.0]},
    )
    return opportunities(faces, tests, values, NO_ASSOCIATIONS, VISITS, TOUCHPOINTS)


@pytest.mark.parametrize(
    ("p_values", "expected"),
    [
        pytest.param([0.01, 0.5, 0.02], [0.03, 0.5, 0.03], id="the greater p bounds the smaller"),
        pytest.param([0.04, 0.04], [0.04, 0.04], id="ties"),
        pytest.param([0.9, 0.8], [0.9, 0.9], id="never above the greatest"),
        pytest.param([], [], id="none"),
    ],
)
def test_p_is_adjusted_by_the_share_of_false_findings(p_values, expected):
    """Each p times the count ÷ its rank, never less than that of a smaller p."""
    assert benjamini_hochberg(np.array(p_values)).tolist() == pytest.approx(expected)


def test_what_is_found_alone_can_be_lost_among_many():
    """0.04 is sure enough alone, and not the best of three; 0.01 is."""
    assert judged([0.04, 0.6, 0.9])["is_opportunity"].to_list() == [False, False, False]
    assert judged([0.01, 0.6, 0.9])["is_opportunity"].to_list() == [True, False, False]


def test_the_interval_of_what_was_chosen_is_widened():
    """One of three: level 1 - 0.05 / 3, each side by the ratio of the quantiles of t with 39."""
    found = judged([0.001, 0.6, 0.9])
    ratio = student.ppf(1 - 0.05 / 6, 39) / student.ppf(0.975, 39)

    assert ratio == pytest.approx(1.2368, abs=0.0001)
    assert found["excess_low"].to_list() == pytest.approx([10 - 8 * ratio, 2.0, 2.0])
    assert found["excess_high"].to_list() == pytest.approx([10 + 10 * ratio, 20.0, 20.0])


def test_fewer_than_thirty_customers_are_no_candidate():
    """And do not count among the comparisons; one without p neither."""
    found = judged([0.02, 0.001, None], customers=(40, 29, 40))

    assert found.select(
        "item", "journeys", "conversions", "p_adjusted", "is_opportunity"
    ).rows() == [("web:cart", 50, 5.0, 0.02, True)]


def test_no_candidate_is_an_empty_table():
    """With the declared columns."""
    assert judged([None, None, None]).columns[-2:] == ["p_adjusted", "is_opportunity"]
    assert judged([None, None, None]).is_empty()
