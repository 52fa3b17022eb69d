"""The total order of a customer's events, whatever the order of arrival."""

import random

import pytest


def order(lake):
    return [
        event_id
        for (event_id,) in lake.rows(
            "core.events join staging.events using (event_key) order by customer_key, event_number",
            "event_id",
        )
    ]


def test_equal_stamps_are_ordered_by_channel_sequence_and_id(lake):
    """Web before email before chat; then the source's own counter; then the event id."""
    lake.given(
        ana=[
            (5, "chat:started"),
            (5, "email:click"),
            (5, "web:cart", {"source_sequence": 2}),
            (5, "web:product", {"source_sequence": 1}),
            (5, "web:home", {"source_sequence": 2}),
        ]
    )

    lake.build("core.events")

    assert order(lake) == ["ana-3", "ana-2", "ana-4", "ana-1", "ana-0"]


def test_a_goal_precedes_after_care_of_the_same_instant(lake):
    """The order-status page ranks below the purchase, but follows it; the cart does not."""
    lake.given(
        ana=[
            (5, "purchase:completed"),
            (5, "web:order_status"),
            (5, "web:cart"),
            (9, "chat:started"),
        ]
    )

    lake.build("core.events")

    assert order(lake) == ["ana-2", "ana-0", "ana-1", "ana-3"]


def test_after_care_of_an_instant_without_a_goal_keeps_the_channel_order(lake):
    """Without a goal nothing moves: web before e-mail."""
    lake.given(ana=[(5, "email:click"), (5, "web:order_status")])

    lake.build("core.events")

    assert order(lake) == ["ana-1", "ana-0"]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_does_not_depend_on_arrival(lake, seed):
    """Shuffled rows of the same events give the same numbers."""
    events = [(n // 3, ("web:home", "email:click", "chat:started")[n % 3]) for n in range(12)]
    ids = [{"event_id": f"e{n:02d}"} for n in range(12)]
    rows = [(*event, values) for event, values in zip(events, ids, strict=True)]
    random.Random(seed).shuffle(rows)
    lake.given(ana=rows)

    lake.build("core.events")

    assert order(lake) == [f"e{n:02d}" for n in range(12)]


def test_a_repeat_touchpoint_names_the_second_match(lake):
    """The customer's first order is one touchpoint, every later one another."""
    lake.rules = (
        {
            "touchpoint": "purchase:first_order",
            "repeat_touchpoint": "purchase:repeat_order",
            "channel": "purchase",
            "event": "order",
        },
    )
    lake.given(
        ana=[(n, "purchase:x", {"event_name": "order"}) for n in (9, 1, 5)],
        bea=[(7, "purchase:x", {"event_name": "order"})],
    )

    lake.build("core.events")

    assert lake.rows(
        "core.events join core.touchpoints using (touchpoint_key)"
        " join staging.events using (event_key) order by customer_key, event_number",
        "event_id",
        "touchpoint",
    ) == [
        ("ana-1", "purchase:first_order"),
        ("ana-2", "purchase:repeat_order"),
        ("ana-0", "purchase:repeat_order"),
        ("bea-0", "purchase:first_order"),
    ]


def test_the_first_matching_rule_names_the_touchpoint(lake):
    """Rules test channel, name, path and properties; what none matches is channel:other."""
    lake.rules = (
        {"touchpoint": "web:pro", "path": "/product/*", "properties": {"plan": "pro*"}},
        {"touchpoint": "web:product", "channel": "web", "path": "/product/*"},
        {"touchpoint": "web:home", "event": "page_*", "path": "/"},
    )
    shop = "https://shop.test"
    lake.given(
        ana=[
            (0, "web:x", {"event_name": "page_view", "url": shop}),
            (1, "web:x", {"event_name": "page_view", "url": f"{shop}/product/7?x=/y"}),
            (
                2,
                "web:x",
                {"event_name": "v", "url": "/product/7", "properties": '{"plan":"pro-2"}'},
            ),
            (3, "chat:x", {"event_name": "hello", "url": None}),
        ]
    )

    lake.build("core.events", names_are_touchpoints=False, tested_properties=["plan"])

    assert lake.rows(
        "core.events join core.touchpoints using (touchpoint_key) order by event_number",
        "touchpoint",
    ) == [("web:home",), ("web:product",), ("web:pro",), ("chat:other",)]
