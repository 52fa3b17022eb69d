"""The published figures: loops, stages, touchpoints, nodes and KPIs by hand."""

import pytest

DAY = 24 * 60
LATER = [(200 * DAY, "web:about")]


def test_loops_are_compared_with_journeys_that_passed_by(lake):
    """Both loopers bought, one of the two who reached the product without it did."""
    loop = [(0, "web:product"), (1, "web:reviews"), (2, "web:product")]
    lake.given(
        ana=[*loop, (3, "purchase:completed")],
        bea=[*loop, (3, "web:reviews"), (4, "web:product"), (5, "purchase:completed")],
        cat=[(0, "web:product"), (1, "purchase:completed")],
        dan=[(0, "web:product")],
        eve=[(0, "web:home")],
        zoe=LATER,
    )

    lake.build("marts.loops")

    assert lake.rows(
        "marts.loops",
        "loop",
        "occurrences",
        "rounds_mean",
        "journeys_with",
        "conversion_rate_with",
        "journeys_without",
        "conversion_rate_without",
        "associated_difference",
        "difference_low < 0 and difference_high > 0.5",
    ) == [("web:product -> web:reviews", 3, 1.5, 2, 1.0, 2, 0.5, 0.5, True)]


def test_a_walker_counts_without_the_loop_by_the_other_journeys(lake):
    """Ana walked it in one journey and not in the next: one trial on each side."""
    lake.given(
        ana=[
            (0, "web:product"),
            (1, "web:reviews"),
            (2, "web:product"),
            (3, "purchase:completed"),
            (4, "web:product"),
        ],
        zoe=LATER,
    )

    lake.build("marts.loops")

    assert lake.rows(
        "analysis.loop_proportions where starts_with(measure, 'loop')",
        "measure",
        "successes",
        "trials",
        "customers",
        "sum_nn::int",
    ) == [("loop_with", 1, 1, 1, 1), ("loop_without", 0, 1, 1, 1)]


def test_stages_count_stays_falls_and_exits(lake):
    """Home 4 min, product 6, cart 10, back to the product, over an unstaged page, and away."""
    lake.given(
        ana=[
            (0, "web:home"),
            (4, "web:product"),
            (10, "web:cart"),
            (20, "web:product"),
            (21, "web:about"),
        ],
        zoe=LATER,
    )

    lake.build("marts.stage_kpis")

    assert lake.rows(
        "marts.stage_kpis",
        "stage",
        "journeys",
        "dropped",
        "exit_share",
        "stays",
        "back_moves",
        "stay_p50_seconds",
    ) == [
        ("reach", 1, 0, 0.0, 1, 0, 240.0),
        ("nurture", 1, 1, 1.0, 2, 0, 360.0),
        ("convert", 1, 0, 0.0, 1, 1, 600.0),
        ("support", 0, 0, None, 0, 0, None),
    ]


def test_the_inventory_lists_what_was_never_seen(lake):
    """Reach is over settled journeys; the unseen click has 0 events and no dates."""
    lake.given(
        ana=[(0, "web:home"), (1, "web:cart"), (2, "web:cart")],
        bea=[(0, "web:home"), (1, "email:delivered")],
        zoe=LATER,
    )

    lake.build("marts.touchpoints")

    assert lake.rows(
        "marts.touchpoints where touchpoint in ('email:click', 'email:delivered', 'web:cart')",
        "touchpoint",
        "phase",
        "events",
        "customers",
        "reach",
        "last_seen_at is null",
    ) == [
        ("email:click", "before", 0, 0, 0.0, True),
        ("email:delivered", None, 1, 1, 0.0, False),
        ("web:cart", "during", 2, 1, 0.5, False),
    ]


def test_the_inventory_counts_customers_and_journeys_of_many_touchpoints(lake):
    """Ana comes to 130 pages in each of two journeys; Bea to one of them, before and after."""
    pages = ["web:home", *(f"web:page_{number:03}" for number in range(130))]
    lake.given(
        ana=[(day * DAY + minute, page) for day in (0, 50) for minute, page in enumerate(pages)],
        bea=[
            (0, "web:home"),
            (1, "web:page_129"),
            (2, "purchase:completed"),
            (3, "web:page_129"),
        ],
        zoe=LATER,
    )

    lake.build("marts.touchpoints")

    counted = lake.rows(
        "marts.touchpoints where touchpoint like 'web:page%'", "events", "customers", "journeys"
    )
    assert counted == [*[(2, 1, 2)] * 129, (4, 2, 3)]


def test_kpis(lake):
    """Ana drops twice; Bea buys for 50 and 70, of which 20 come back. Her times are 1 minute."""
    euros = {"currency": "EUR"}
    lake.given(
        ana=[(9 * DAY, "web:home"), (49 * DAY, "web:home")],
        bea=[
            (0, "web:product"),
            (35 * DAY, "web:home"),
            (35 * DAY + 1, "purchase:completed", {"order_id": "1", "value": 50, **euros}),
            (35 * DAY + 2, "web:home"),
            (35 * DAY + 3, "purchase:completed", {"order_id": "2", "value": 70, **euros}),
            (36 * DAY, "purchase:refunded", {"order_id": "1", "value": 20, **euros}),
        ],
        zoe=LATER,
    )

    lake.build("marts.kpis")

    told = lake.rows("marts.kpis where n > 0 or value = 0", "kpi", "value", "n", "currency")
    found = {row[0]: row[1:] for row in told}
    assert found == {
        "conversion_rate": (0.4, 5, None),
        "journeys": (5.0, 5, None),
        "journeys_settled": (5.0, 5, None),
        "journeys_converted": (2.0, 2, None),
        "journeys_dropped": (3.0, 3, None),
        "journeys_open": (0.0, 0, None),
        "journeys_service": (1.0, 1, None),
        "customers": (3.0, 3, None),
        "sessions": (5.0, 5, None),
        "revenue": (120.0, 2, "EUR"),
        "revenue_net": (100.0, 2, "EUR"),
        "average_order_value": (60.0, 2, "EUR"),
        "linear_share": (1.0, 2, None),
        "back_and_forth_share": (0.0, 5, None),
        "steps_p50": (1.0, 5, None),
        "steps_to_goal_p50_converted_only": (2.0, 2, None),
        "time_to_goal_p50_converted_only": (60.0, 2, None),
        "repeat_purchase_rate": (1.0, 1, None),
    }


def test_nodes_tell_the_chance_to_convert(lake):
    """From home both ways are equal; the cart is behind every purchase."""
    lake.given(
        ana=[(0, "web:home"), (1, "web:cart"), (2, "purchase:completed")],
        bea=[(0, "web:home")],
        zoe=LATER,
    )

    lake.build("marts.graph_nodes")

    assert lake.rows(
        "marts.graph_nodes where part = 'before' and visits_settled > 0",
        "node",
        "p_convert",
        "is_dominator",
        "stage",
    ) == [
        ("(converted)", None, None, None),
        ("(dropped)", None, None, None),
        ("(start)", 0.5, None, None),
        ("purchase:completed", 1.0, None, "convert"),
        ("web:cart", 1.0, True, "convert"),
        ("web:home", 0.5, True, "reach"),
    ]


@pytest.mark.parametrize(
    ("last", "faulty"),
    [
        pytest.param(DAY, {"some_journeys_are_settled"}, id="all open"),
        pytest.param(40 * DAY, set(), id="one settled"),
    ],
)
def test_a_check_warns_when_nothing_is_settled(lake, last, faulty):
    """No rate can be taken yet, and the check says since when there is data."""
    lake.given(ana=[(0, "web:home")], bea=[(last, "web:home")])

    results = lake.build("marts.kpis")

    assert {result.check for result in results if not result.passed} == faulty


def test_a_check_warns_of_events_without_a_rule(lake):
    """A third of the events have no rule; more than the limit of 5 %."""
    lake.rules = ({"touchpoint": "web:home", "event": "web:home"},)
    lake.given(ana=[(0, "web:home"), (1, "web:home"), (2, "web:new")])

    results = lake.build("marts.touchpoints", names_are_touchpoints=False)

    assert [(r.check, r.severity, r.faulty_rows) for r in results if not r.passed] == [
        ("few_events_match_no_rule", "warn", 1)
    ]
    assert lake.rows("marts.touchpoints where is_other", "touchpoint", "events") == [
        ("web:other", 1)
    ]
