"""The published rows of people: events, sessions, journeys, steps and flows."""

import json

DAY = 24 * 60
LATER = [(200 * DAY, "web:about")]


def test_events_carry_their_session_journey_and_stage(lake):
    """Context has neither; a refund joins the journey of its order; a chat after it is support."""
    lake.given(
        ana=[
            (0, "email:delivered"),
            (1, "web:cart"),
            (2, "purchase:completed", {"order_id": "1", "value": 50, "currency": "EUR"}),
            (3, "chat:started"),
            (99, "purchase:refunded", {"order_id": "1", "value": 20, "currency": "EUR"}),
        ],
        zoe=LATER,
    )

    lake.build("marts.events")

    assert lake.rows(
        "marts.events where customer_id = 'ana'",
        "event_number",
        "touchpoint",
        "role",
        "stage",
        "session_id",
        "journey_id",
    ) == [
        (1, "email:delivered", "context", None, None, None),
        (2, "web:cart", "action", "convert", "ana-1", "ana-1"),
        (3, "purchase:completed", "action", "convert", "ana-1", "ana-1"),
        (4, "chat:started", "action", "support", "ana-1", "ana-1"),
        (5, "purchase:refunded", "context", None, None, "ana-1"),
    ]


def test_events_without_a_customer_are_kept(lake):
    """Nobody is known, the touchpoint is."""
    lake.given(ana=[(0, "web:home"), (1, "web:cart", {"customer": None})])

    lake.build("marts.events")

    assert lake.rows("marts.events", "customer_id", "touchpoint", "event_number") == [
        ("ana", "web:home", 1),
        (None, "web:cart", None),
    ]


def test_bots_are_kept_out_of_sessions(lake):
    """The event stays, marked."""
    lake.given(ana=[(0, "web:home", {"is_bot": True}), (1, "web:cart")])

    lake.build("marts.events")

    assert lake.rows("marts.events", "is_bot", "session_id") == [(True, None), (False, "ana-1")]


def test_addresses_are_cut_and_properties_allow_listed(lake):
    """No query, no fragment, no path part with an '@', no key that nobody allowed."""
    lake.given(
        ana=[
            (
                0,
                "web:home",
                {
                    "url": "https://shop.test/u/ana@mail.test/x?email=ana@mail.test#top",
                    "referrer": "https://user:secret@find.test/a?q=1",
                    "properties": json.dumps({"plan": 'p "x"', "size": 3, "name": "Ana"}),
                },
            ),
            (1, "web:cart", {"url": "mailto:ana@mail.test", "properties": '{"name": "Ana"}'}),
            (2, "web:cart", {"url": "/a%40b/c"}),
        ]
    )

    lake.build("marts.events", allowed_properties=["plan", "size", "unseen"])

    assert lake.rows("marts.events", "url", "referrer", "properties") == [
        ("https://shop.test/u/(removed)/x", "https://(removed)/a", '{"plan":"p \\"x\\"","size":3}'),
        ("(removed)", None, None),
        ("/(removed)/c", None, None),
    ]


def test_the_first_matching_rule_names_the_source_group(lake):
    """By medium, by the referrer's host without its port, and none at all for direct."""
    lake.source_groups = (
        {"name": "paid", "utm_medium": "cp?"},
        {"name": "organic", "referrer": "*.find.test"},
        {"name": "referral", "referrer": "?*"},
        {"name": "direct", "channel": "web"},
    )
    lake.given(
        ana=[
            (0, "web:home", {"utm_medium": "cpc", "referrer": "https://www.find.test/"}),
            (1, "web:home", {"referrer": "https://WWW.find.test:443/?q=a"}),
            (2, "web:home", {"referrer": "https://blog.test"}),
            (3, "web:home"),
            (4, "email:click"),
        ]
    )

    lake.build("marts.events")

    assert lake.rows("marts.events", "source_group") == [
        ("paid",),
        ("organic",),
        ("referral",),
        ("direct",),
        (None,),
    ]


def test_sessions_are_named_by_their_first_action(lake):
    """A delivered mail before it does not name the session; a given session keeps its name."""
    lake.given(
        ana=[(0, "email:delivered"), (1, "web:home", {"device": "mobile"}), (6, "web:cart")],
        bea=[(0, "web:home", {"given_session_id": "s1"})],
    )

    lake.build("marts.sessions")

    assert lake.rows(
        "marts.sessions",
        "session_id",
        "entry_touchpoint",
        "exit_touchpoint",
        "device",
        "duration_seconds",
    ) == [
        ("ana-1", "web:home", "web:cart", "mobile", 300.0),
        ("s1", "web:home", "web:home", None, 0.0),
    ]


def test_sales_cycles(lake):
    """One session is instant; 30 days to the second are within 30 days; a day more is not."""
    lake.given(
        ana=[(0, "web:home"), (5, "purchase:completed")],
        bea=[(0, "web:home"), (15 * DAY, "web:cart"), (30 * DAY, "purchase:completed")],
        cat=[(0, "web:home"), (15 * DAY, "web:cart"), (31 * DAY, "purchase:completed")],
        dan=[*((29 * DAY * n, "web:home") for n in range(7)), (183 * DAY, "purchase:completed")],
        eve=[(0, "web:home")],
        zoe=[(400 * DAY, "web:about")],
    )

    lake.build("marts.journeys")

    assert lake.rows("marts.journeys", "journey_id", "sales_cycle", "time_to_goal_seconds") == [
        ("ana-0", "instant", 300.0),
        ("bea-0", "within_30_days", 30 * 86400.0),
        ("cat-0", "within_6_months", 31 * 86400.0),
        ("dan-0", "longer", 183 * 86400.0),
        ("eve-0", None, None),
        ("zoe-0", None, None),
    ]


def test_a_journey_tells_where_it_was_left(lake):
    """The loss is no step: the product page is where the journey was left."""
    lake.given(
        ana=[(0, "web:home"), (4, "web:product"), (5, "email:unsubscribed")],
        zoe=LATER,
    )

    lake.build("marts.journeys")

    assert lake.rows(
        "marts.journeys where customer_id = 'ana'",
        "outcome",
        "first_touchpoint",
        "last_touchpoint",
        "furthest_stage",
        "duration_seconds",
    ) == [("lost", "web:home", "web:product", "nurture", 300.0)]


def test_steps_are_sorted_by_customer_and_event_number(lake):
    """The repeated home view is part of the first step, so the cart is event 3."""
    lake.given(
        bea=[(0, "web:home")],
        ana=[(0, "web:home"), (1, "web:home"), (3, "web:cart")],
    )

    lake.build("marts.steps")

    assert lake.rows(
        "marts.steps", "customer_id", "event_number", "touchpoint", "dwell_seconds", "wait_seconds"
    ) == [
        ("ana", 1, "web:home", 60.0, None),
        ("ana", 3, "web:cart", 0.0, 120.0),
        ("bea", 1, "web:home", 0.0, None),
    ]


def test_flows_end_where_journeys_end(lake):
    """Converted, then an end to after-care; dropped; open; the service journey is left out."""
    lake.given(
        ana=[(0, "purchase:completed"), (1, "chat:started")],
        bea=[(0, "web:home"), (1, "web:cart"), (2, "web:home")],
        cat=[(200 * DAY - 1, "web:home")],
        zoe=LATER,
    )

    lake.build("marts.step_flows")

    assert lake.rows(
        "marts.step_flows",
        "step_number",
        "touchpoint",
        "next_touchpoint",
        "part",
        "customer_id",
        "returns_next",
        "next_wait_seconds",
    ) == [
        (1, "purchase:completed", "(converted)", "before", "ana", None, None),
        (1, "web:home", "web:cart", "before", "bea", False, 60.0),
        (1, "web:home", "(open)", "before", "cat", None, None),
        (2, "chat:started", "(end)", "after", "ana", None, None),
        (2, "web:cart", "web:home", "before", "bea", True, 60.0),
        (3, "web:home", "(dropped)", "before", "bea", None, None),
    ]
