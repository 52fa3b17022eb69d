"""Lab.compare and Lab.drift: two groups of journeys, and weeks with those before."""

from collections.abc import Iterator
from datetime import date

import pytest
from polars.testing import assert_frame_equal
from shop_frame import DAY, frame, opened

import journeylab as jl
from journeylab.errors import InputRefused, NothingSettled, UnknownName
from journeylab.lab.keeping import keeping

WEEK = 7 * DAY


@pytest.fixture(scope="module")
def lab() -> Iterator[jl.Lab]:
    """240 customers: those with even numbers start with an ad, and most of them buy."""
    people = {}
    for person in range(240):
        first = "ad" if person % 2 == 0 else "home"
        buys = person % 10 < 7 if person % 2 == 0 else person % 10 < 4
        last = "paid" if buys else "help"
        people[f"p{person:03}"] = [(0, first), (1, "product"), (2, "cart"), (3, last)]
    with opened(frame(**people), goals="paid") as opened_lab:
        yield opened_lab


def test_a_planted_difference_comes_first(lab: jl.Lab) -> None:
    """Of the ad's 120, 96 buy; of the others' 120, 48. What does not differ is not called so."""
    ads = lab.segment("ads", journeys="first_touchpoint = 'ad'")

    rows = lab.compare(ads, on="edges")

    first = rows.filter(from_node="cart", to_node="paid").row(0, named=True)
    assert (first["value_a"], first["value_b"]) == (0.8, 0.4)
    assert (first["n_a"], first["n_b"], first["customers_a"], first["customers_b"]) == (120,) * 4
    assert first["is_significant"]
    assert first["p_adjusted"] < 1e-6
    assert (
        set(rows.head(2).select("from_node", "to_node").rows())
        == {
            ("cart", "paid"),
            ("cart", "help"),
        }
        or rows.head(4)["is_significant"].all()
    )
    same = rows.filter(from_node="product", to_node="cart")
    assert same.select("difference", "p_value", "is_significant").rows() == [(0.0, 1.0, False)]
    sizes = rows.select("group_journeys_a", "group_customers_a", "group_journeys_b").unique()
    assert sizes.rows() == [(120, 120, 120)]


def test_sums_kept_in_memory_give_the_same_differences(lab: jl.Lab) -> None:
    """To the last digit, whichever groups were asked for before."""
    kept = keeping(lab)
    groups = [
        (lab.segment("ads", journeys="first_touchpoint = 'ad'"), None),
        (lab.segment("outcome", "converted"), lab.segment("outcome", "lapsed")),
    ]

    for a, b in (*groups, groups[0]):
        for on in ("edges", "nodes", "kpis"):
            assert_frame_equal(kept.compare(a, b, on=on), lab.compare(a, b, on=on))


def test_nodes_and_kpis_have_their_own_measures(lab: jl.Lab) -> None:
    """Reach of the goal is the conversion rate here; nobody drops off at a goal."""
    ads = lab.segment("ads", journeys="first_touchpoint = 'ad'")

    nodes, kpis = lab.compare(ads, on="nodes"), lab.compare(ads, on="kpis")

    reach = nodes.filter(measure="reach", touchpoint="paid").select("value_a", "value_b")
    exits = nodes.filter(measure="exit_rate")["touchpoint"].unique().sort().to_list()
    rate = kpis.filter(kpi="conversion_rate").select("value_a", "value_b", "is_significant")
    assert reach.rows() == [(0.8, 0.4)]
    assert exits == ["ad", "cart", "help", "home", "product"]
    assert rate.rows() == [(0.8, 0.4, True)]
    assert kpis["kpi"].to_list()[:2] == ["conversion_rate", "linear_share"]


def test_groups_stand_apart_and_hold_something(lab: jl.Lab) -> None:
    """Shared journeys, empty groups and unknown words are refused."""
    with pytest.raises(InputRefused, match="240 journeys are in both groups"):
        lab.compare((None, None), ("2025-01-01", None))
    with pytest.raises(NothingSettled, match="group b holds no settled journey"):
        lab.compare((None, "2026-02-01"), ("2026-02-01", None))
    with pytest.raises(InputRefused, match="no comparison 'maps'"):
        lab.compare((None, None), on="maps")
    with pytest.raises(UnknownName, match="no segment 'nobody'"):
        lab.compare("nobody")


def test_each_week_is_held_against_all_before() -> None:
    """Two weeks home -> cart, then a week in which half go to help instead.

    Edges of the third: start→home 1/3, home→cart 1/6, home→help 1/6, and 1/6 each dropped
    from cart and help; before it 1/3, 1/3 and 1/3. Half of |-1/6|+|1/6|+|-1/6|+|1/6| = 1/3.
    """
    told = {(0, "x"): ["cart", "cart"], (1, "y"): ["cart"], (2, "z"): ["cart", "help"]}
    people = {
        f"{name}{number}": [(week * WEEK, "home"), (week * WEEK + 1, second)]
        for (week, name), seconds in told.items()
        for number, second in enumerate(seconds)
    }
    with opened(frame(**people), goals="paid") as lab:
        rows = lab.drift().drop("is_immature")
        only_cart = lab.drift(where="last_touchpoint = 'cart'")["distance"].to_list()

    columns = ("week_start_date", "journeys", "customers", "transitions", "transitions_before")
    assert rows.select(columns).rows() == [
        (date(2025, 12, 29), 2, 2, 6, 0),
        (date(2026, 1, 5), 1, 1, 3, 6),
        (date(2026, 1, 12), 2, 2, 6, 9),
    ]
    assert rows["distance"].to_list() == [None, 0.0, pytest.approx(1 / 3)]
    assert rows["is_insufficient"].to_list() == [True, True, True]
    assert only_cart == [None, 0.0, 0.0]
