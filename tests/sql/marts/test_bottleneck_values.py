"""What a bottleneck is worth and how sure it is, by hand; waits within business hours."""

import polars as pl
import pytest

from journeylab.analysis.bottlenecks import Gains, with_moves
from journeylab.analysis.chain import chain_of, solve, with_exit_rate
from journeylab.settings import Paths

DAY = 24 * 60
LATER = [(200 * DAY, "web:about")]
BOUGHT = ("purchase:completed", {"value": 10, "currency": "EUR", "order_id": "1"})


def bought(minute, number):
    return (minute, BOUGHT[0], {**BOUGHT[1], "order_id": str(number)})


def leaking():
    """Forty buy from home; of forty at the product every second one leaves."""
    homes = {f"h{n}": [(0, "web:home"), bought(5, n)] for n in range(40)}
    stays = {f"p{n}": [(0, "web:product"), bought(5, 100 + n)] for n in range(20)}
    leaves = {f"q{n}": [(0, "web:product")] for n in range(20)}
    return {**homes, **stays, **leaves}


def test_a_leak_is_worth_the_conversions_its_reference_would_keep(lake):
    """At home nobody leaves: with that exit rate the product keeps 20 buyers of 10 EUR."""
    lake.given(**leaking(), zoe=LATER)

    lake.build("marts.bottlenecks")

    assert lake.rows(
        "marts.bottlenecks where face = 'leaky'",
        "touchpoint",
        "excess",
        "conversions",
        "value",
        "value_currency",
        "face_conversions",
        "face_value",
    ) == [
        ("web:product", 20.0, 20.0, 200.0, "EUR", 20.0, 200.0),
        ("web:home", -20.0, -20.0, -200.0, "EUR", 20.0, 200.0),
    ]


def test_an_excess_lies_in_its_interval_and_has_a_p(lake):
    """Twenty of forty against none is sure; what does better has a p near 1."""
    lake.given(**leaking(), zoe=LATER)

    lake.build("marts.bottlenecks")

    assert lake.rows(
        "marts.bottlenecks where face = 'leaky'",
        "touchpoint",
        "excess_low > 10 or excess_high < -10",
        "excess_low < excess and excess < excess_high",
        "p_value < 0.001",
        "p_value > 0.999",
    ) == [("web:product", True, True, True, False), ("web:home", True, True, False, True)]


def test_the_draws_do_not_depend_on_the_order_of_customers(lake):
    """The same people in another order: the same bounds."""
    people = leaking()
    found = []
    for order in (list(people), list(reversed(people))):
        lake.given(**{name: people[name] for name in order}, zoe=LATER)
        lake.build("marts.bottlenecks")
        found.append(lake.rows("marts.bottlenecks", "face", "touchpoint", "excess_low", "p_value"))

    assert found[0] == found[1]


def test_a_slow_touchpoint_is_worth_what_its_quick_visits_did(lake):
    """Twenty go on within 10 minutes and buy, twenty after 100 and read reviews, and leave.

    Forty wait an hour at home. The slow twenty, taken to go where the quick ones went, buy.
    """
    walk = [(0, "web:home"), (60, "web:product")]
    quick = {f"q{n}": [*walk, bought(70, n)] for n in range(20)}
    slow = {f"s{n}": [*walk, (160, "web:reviews")] for n in range(20)}
    lake.given(**quick, **slow, zoe=LATER)

    lake.build("marts.bottlenecks")

    assert lake.rows(
        "marts.bottlenecks where face = 'slow' and touchpoint = 'web:product'",
        "figure * 60",
        "reference * 60",
        "round(conversions, 6)",
        "round(value, 6)",
        "round(face_conversions, 6)",
    ) == [(55.0, 60.0, 20.0, 200.0, 0.0)]


def test_who_leaves_has_not_waited_and_waits_end_at_the_timeout(lake):
    """Bea's exit is no wait; ana's 40 days, in a journey the caller gave, count as 30."""
    journey = {"given_journey_id": "j1"}
    lake.given(
        ana=[(0, "web:home", journey), (40 * DAY, "web:cart", journey)],
        bea=[(0, "web:home", {"given_journey_id": "j2"})],
    )

    lake.build("marts.bottlenecks", assume_complete=True)

    assert lake.rows(
        "marts.bottlenecks where face = 'slow'", "touchpoint", "total / 24", "n", "reference"
    ) == [("web:home", 30.0, 1, None)]


def test_a_churny_touchpoint_says_the_hours_it_wasted(lake):
    """Back at home after 20 minutes, there for 10: half an hour."""
    lake.given(
        ana=[(0, "web:home"), (5, "web:product"), (25, "web:home"), (35, "web:home")], zoe=LATER
    )

    lake.build("marts.bottlenecks")

    assert lake.rows(
        "marts.bottlenecks where face = 'churny'", "touchpoint", "total", "wasted_hours"
    ) == [("web:home", 1.0, 0.5), ("web:product", 0.0, 0.0)]


def test_a_stated_target_stands_where_there_is_nothing_to_compare_with(lake):
    """The only touchpoint loses all; the target is 0.25."""
    lake.given(ana=[(0, "web:home")], bea=[(0, "web:home")], zoe=LATER)

    lake.build("marts.bottlenecks", target_exit_rate=0.25)

    assert lake.rows(
        "marts.bottlenecks where face = 'leaky'",
        "reference",
        "reference_n",
        "reference_scope",
        "excess",
        "conversions",
    ) == [(0.25, 0, "target", 1.5, None)]


def test_chat_waits_count_in_business_hours(lake, tmp_path):
    """Thursday 16:00 to Friday 10:00, open 9 to 17: 2 hours, not 18; other waits stay plain."""
    calendar = tmp_path / "calendar.toml"
    days = "".join(f'{day} = ["09:00-17:00"]\n' for day in ("thursday", "friday"))
    calendar.write_text(f'timezone = "UTC"\n[hours]\n{days}', encoding="utf-8")
    lake.settings = lake.settings.model_copy(update={"paths": Paths(calendar=calendar)})
    lake.given(
        ana=[(0, "web:home"), (240, "chat:started"), (22 * 60, "web:cart")],
        bea=[(240, "chat:started"), (300, "web:cart")],
        zoe=LATER,
    )

    lake.build("marts.bottlenecks", "core.business_waits")

    assert lake.rows(
        "core.business_waits order by customer_key", "business_wait_microseconds / 3.6e9"
    ) == [
        (2.0,),
        (1.0,),
    ]
    assert lake.rows(
        "marts.bottlenecks where face = 'slow' order by touchpoint",
        "touchpoint",
        "total",
        "is_business_time",
    ) == [("chat:started", 3.0, True), ("web:home", 4.0, False)]


def test_moves_of_a_chain_can_be_shared_out_anew():
    """Home goes half to cart, half to about; all to cart doubles the buyers."""
    edges = pl.DataFrame(
        [
            ("(start)", "home", 4),
            ("home", "cart", 2),
            ("home", "about", 2),
            ("cart", "(converted)", 2),
            ("about", "(dropped)", 2),
        ],
        schema=["from_node", "to_node", "transitions_settled"],
        orient="row",
    )
    chain = chain_of(edges)

    changed = with_moves(chain, "home", {"cart": 3.0, "elsewhere": 5.0})

    assert solve(chain).p_start == pytest.approx(0.5)
    assert solve(changed).p_start == pytest.approx(1.0)


@pytest.mark.parametrize("node", ["home", "cart", "about"])
def test_a_change_of_one_touchpoint_gains_what_the_chain_solved_anew_does(node):
    """Ten visits each way, with circles; a third of the visits to the touchpoint are exits then."""
    names = ("home", "cart", "about")
    moves = [("(start)", "home", 30), ("home", "(dropped)", 10), ("cart", "(converted)", 10)]
    moves += [(one, other, 10) for one in names for other in names if one != other]
    moves += [("cart", "(dropped)", 5), ("about", "(dropped)", 5)]
    edges = pl.DataFrame(
        moves, schema=["from_node", "to_node", "transitions_settled"], orient="row"
    )
    chain = chain_of(edges)
    changed = with_exit_rate(chain, node, 1 / 3)

    gained = Gains(chain).of(changed, node)

    assert gained == pytest.approx(30 * (solve(changed).p_start - solve(chain).p_start), abs=1e-12)
    assert Gains(chain).of(chain, node) == 0.0
