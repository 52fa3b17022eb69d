"""The chain of six journeys a reader can solve on paper, from events to the published tables.

ana and bea: home, cart, bought. cat: cart, bought. dan: home. eva: home, cart. fay: cart, home.
"""

from datetime import datetime

import polars as pl
import pytest

import journeylab as jl
from journeylab.analysis.customer_groups import groups_of
from journeylab.errors import UnknownName
from journeylab.lab import Lab

HOME, CART, BOUGHT = "web:home", "web:cart", "purchase:completed"
SIX = {
    "ana": [(0, HOME), (1, CART), (3, BOUGHT, {"value": 30.0, "currency": "EUR"})],
    "bea": [(0, HOME), (1, CART), (3, BOUGHT, {"value": 50.0, "currency": "EUR"})],
    "cat": [(0, CART), (2, BOUGHT, {"value": 40.0, "currency": "EUR"})],
    "dan": [(0, HOME)],
    "eva": [(0, HOME), (1, CART)],
    "fay": [(0, CART), (1, HOME)],
}


def built(lake, *tables, journeys=None):
    lake.given(**(journeys or SIX))
    return lake.build(*tables, assume_complete=True)


def test_six_journeys_on_paper(lake):
    """p(home) = 3/5 p(cart), p(cart) = 3/5 + 1/5 p(home); three of six convert."""
    results = built(lake, "marts.chances", "analysis.chain_conditions")

    assert [result for result in results if not result.passed] == []
    columns = ("node", "visits_settled", "customers", "p_convert", "expected_steps")
    assert lake.rows("marts.chances", *columns) == [
        ("(start)", 6, 6, 0.5, pytest.approx(13 / 6)),
        ("purchase:completed", 3, 3, 1.0, 0.0),
        ("web:cart", 5, 5, pytest.approx(15 / 22), pytest.approx(23 / 22)),
        ("web:home", 5, 5, pytest.approx(9 / 22), pytest.approx(27 / 22)),
    ]


def test_removal_and_time(lake):
    """Without home only cat is left: 1/3 · 3/5 of 1/2. Journeys take 3, 3, 2, 0, 1, 1 minutes."""
    built(lake, "marts.chances")

    assert lake.rows("marts.chances", "node", "removal_effect", "is_insufficient") == [
        ("(start)", None, True),
        ("purchase:completed", None, True),
        ("web:cart", 1.0, True),
        ("web:home", 0.6, True),
    ]
    assert lake.rows("marts.chances where node = '(start)'", "expected_time_seconds") == [(100.0,)]


def test_intervals_hold_their_figure_and_follow_the_seed(lake):
    """Sixty customers: the start's interval is about that of 30 in 60."""
    copies = {f"{name}{n}": events for name, events in SIX.items() for n in range(10)}
    built(lake, "marts.chances", journeys=copies)
    columns = ("p_convert_low", "p_convert", "p_convert_high")
    [(low, chance, high)] = lake.rows("marts.chances where node = '(start)'", *columns)

    assert chance == 0.5
    assert low == pytest.approx(0.37, abs=0.06)
    assert high == pytest.approx(0.63, abs=0.06)

    lake.build("marts.chances", assume_complete=True, seed=1)
    assert lake.rows("marts.chances where node = '(start)'", *columns) != [(low, chance, high)]


def test_moves_as_counted_are_replicate_0(lake):
    """Home is left for the cart thrice, after a minute; the cart is slower than home."""
    built(lake, "marts.resampled_moves")

    columns = ("from_node", "to_node", "is_slow", "transitions", "seconds", "sales", "value")
    assert lake.rows("marts.resampled_moves where replicate = 0", *columns) == [
        ("(start)", CART, None, 2, 0.0, None, None),
        ("(start)", HOME, None, 4, 0.0, None, None),
        (BOUGHT, "(converted)", None, 3, 0.0, 3, 120.0),
        (CART, "(dropped)", None, 1, 0.0, None, None),
        (CART, BOUGHT, True, 3, 360.0, None, None),
        (CART, HOME, False, 1, 60.0, None, None),
        (HOME, "(dropped)", None, 2, 0.0, None, None),
        (HOME, CART, False, 3, 180.0, None, None),
    ]
    assert lake.rows("marts.resampled_moves", "max(replicate)") == [(200,)]


def test_values_of_several_currencies_are_not_added(lake):
    """Unknown, where ana paid in francs."""
    francs = {**SIX, "ana": [(0, HOME), (3, BOUGHT, {"value": 30.0, "currency": "CHF"})]}
    built(lake, "marts.resampled_moves", journeys=francs)

    assert lake.rows(
        "marts.resampled_moves where replicate = 0 and to_node = '(converted)'", "sales", "value"
    ) == [(3, None)]


def test_the_order_of_the_chain_is_judged(lake):
    """Where the step before tells all, the second order is chosen, and its chances differ."""
    copies = {}
    for n in range(60):
        copies[f"ana{n}"] = [(0, HOME), (1, CART), (3, BOUGHT)]
        copies[f"eva{n}"] = [(0, "web:product"), (1, CART)]
    built(lake, "marts.chain_order", "marts.chances", journeys=copies)

    assert lake.rows("marts.chain_order", "chain_order", "customers", "is_chosen") == [
        (1, 120, False),
        (2, 120, True),
    ]
    assert lake.rows(
        f"marts.chances where node = '{HOME}'", "p_convert", "p_convert_second_order"
    ) == [(0.5, 1.0)]


def test_halves_are_drawn_by_seed_and_samples_as_python_draws_them(lake):
    """Another seed splits the customers otherwise, about evenly; a sample is a sample by any."""
    built(lake, "analysis.customer_samples", journeys={f"c{n}": [(0, HOME)] for n in range(200)})
    drawn = []
    for seed in (0, 1):
        lake.build("analysis.customer_samples", assume_complete=True, seed=seed)
        drawn.append(
            lake.warehouse.frame(
                "select md5_number_lower(customer_id) as hash, sample_number, is_second_half"
                " from analysis.customer_samples join identity.customers using (customer_key)"
                " order by customer_key"
            )
        )

    halves = [frame["is_second_half"] for frame in drawn]
    assert all(80 < half.sum() < 120 for half in halves)
    assert 60 < (halves[0] != halves[1]).sum() < 140
    for frame in drawn:
        assert frame["sample_number"].to_list() == groups_of(frame["hash"].to_numpy()).tolist()


def test_open_journeys_are_in_no_chain(lake):
    """The newest journey may still go on: nothing is settled, and the tables are empty."""
    lake.given(ana=[(0, HOME), (1, CART)])
    lake.build("marts.chances", "marts.chain_order", "marts.resampled_moves")

    for table in ("chances", "chain_order", "resampled_moves"):
        assert lake.rows(f"marts.{table}", "count(*)") == [(0,)]


def lab_of_six() -> Lab:
    rows = [
        {"who": name, "minute": minute, "what": what, **(rest[0] if rest else {})}
        for name, events in SIX.items()
        for minute, what, *rest in events
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        at=pl.lit(datetime(2026, 1, 1)) + pl.duration(minutes="minute")
    )
    return jl.from_events(
        frame,
        occurred_at="at",
        touchpoint="what",
        customer_id="who",
        value="value",
        currency="currency",
        stages={"reach": [HOME], "convert": [CART, BOUGHT]},
        assume_complete=True,
    )


def test_what_if_of_a_lab():
    """Nobody leaves from the cart: p(cart) = 3/4 + 1/4 p(home), 11 of 17 convert."""
    with lab_of_six() as lab:
        found = lab.what_if({CART: {"exit_rate": 0.0}}).row(0, named=True)
        chances = lab.chances()
        with pytest.raises(UnknownName, match="did you mean 'web:cart'"):
            lab.what_if({"web:card": {"exit_rate": 0.0}})

    assert chances["p_convert"][0] == 0.5
    assert found["present"] == 0.2
    assert found["conversions_per_1000"] == pytest.approx(11000 / 17)
    assert found["extra_conversions"] == pytest.approx(15 / 17)
    assert found["extra_value"] == pytest.approx(40 * 15 / 17)
    assert found["currency"] == "EUR"
    assert found["conversions_per_1000_low"] <= found["conversions_per_1000"]
    assert (found["customers"], found["is_insufficient"]) == (5, True)
