"""Journeys: attempts to get from first interest to a goal, and how they end."""

DAY = 24 * 60
#: Somebody else's event long after, so that the horizon lies beyond every timeout.
LATER = [(200 * DAY, "web:home")]


def journeys(lake, *columns):
    return lake.rows(
        "core.journeys join staging.events on first_event_key = event_key"
        " where event_id not like 'zoe%' order by customer_key, journey_number",
        "event_id",
        *columns,
    )


def test_new_browsing_after_a_purchase_opens_the_next_journey(lake):
    """Home opens the next journey; the product page after it stays in it."""
    lake.given(
        ana=[
            (0, "web:home"),
            (5, "purchase:completed"),
            (10, "web:home"),
            (11, "web:product"),
        ],
        zoe=LATER,
    )

    lake.build("core.journeys")

    assert journeys(lake, "outcome", "steps") == [("ana-0", "converted", 2), ("ana-2", "lapsed", 2)]


def test_an_immediate_second_purchase_opens_the_next_journey(lake):
    """A goal closes even if it is itself opening: two purchases, two journeys."""
    lake.given(
        ana=[(0, "web:home"), (5, "purchase:completed"), (6, "purchase:completed")], zoe=LATER
    )

    lake.build("core.journeys")

    assert journeys(lake, "outcome", "steps") == [
        ("ana-0", "converted", 2),
        ("ana-2", "converted", 1),
    ]


def test_support_after_a_purchase_belongs_to_its_journey(lake):
    """A chat a day after the goal is after-care, in the after part."""
    lake.given(ana=[(0, "web:home"), (5, "purchase:completed"), (DAY, "chat:started")], zoe=LATER)

    lake.build("core.journeys")

    assert journeys(lake, "outcome", "steps", "steps_after") == [("ana-0", "converted", 2, 1)]
    assert lake.steps("after") == {"ana/1": ["chat:started"]}


def test_support_31_days_after_a_purchase_is_a_service_journey(lake):
    """It is no lost lead: it holds no opening action."""
    lake.given(
        ana=[(0, "web:home"), (5, "purchase:completed"), (5 + 31 * DAY, "chat:started")], zoe=LATER
    )

    lake.build("core.journeys")

    assert journeys(lake, "outcome") == [("ana-0", "converted"), ("ana-2", "service")]


def test_a_chat_before_the_first_purchase_opens_a_journey(lake):
    """Until the customer's first goal a chat is interest, not support."""
    lake.given(ana=[(0, "chat:started")], zoe=LATER)

    lake.build("core.journeys")

    assert journeys(lake, "outcome") == [("ana-0", "lapsed")]


def test_an_unstaged_page_after_a_purchase_opens_nothing(lake):
    """The about page joins the after-care part; the product page then opens the next journey."""
    lake.given(
        ana=[
            (0, "web:home"),
            (5, "purchase:completed"),
            (9, "web:about"),
            (12, "web:product"),
        ],
        zoe=LATER,
    )

    lake.build("core.journeys")

    assert journeys(lake, "steps", "steps_after") == [("ana-0", 2, 1), ("ana-3", 1, 0)]


def test_a_pause_of_exactly_the_timeout_stays_in_the_journey(lake):
    """30 days stay, 30 days and a minute open the next."""
    lake.given(
        ana=[
            (0, "web:home"),
            (30 * DAY, "web:product"),
            (60 * DAY + 1, "web:product"),
        ],
        zoe=LATER,
    )

    lake.build("core.journeys")

    assert journeys(lake, "steps") == [("ana-0", 2), ("ana-2", 1)]


def test_an_order_status_page_stamped_before_its_order_is_after_care(lake):
    """At most 60 s before the goal in its session it counts to the after part, earlier not."""
    lake.given(
        ana=[
            (0, "web:cart"),
            (4, "web:order_status"),
            (9, "web:order_status"),
            (10, "purchase:completed"),
        ],
        zoe=LATER,
    )

    lake.build("core.journeys")

    assert lake.steps() == {
        "ana/1": ["web:cart", "web:order_status", "purchase:completed"],
        "zoe/1": ["web:home"],
    }
    assert lake.steps("after") == {"ana/1": ["web:order_status"]}
    assert journeys(lake, "steps", "steps_after") == [("ana-0", 3, 1)]


def test_a_loss_closes_the_journey_and_is_no_step(lake):
    """What follows the loss is no step either, until an opening action starts anew."""
    lake.given(
        ana=[
            (0, "web:home"),
            (5, "email:unsubscribed"),
            (6, "web:about"),
            (9, "web:product"),
        ],
        zoe=LATER,
    )

    lake.build("core.journeys")

    assert journeys(lake, "outcome", "steps", "ended_at - started_at = to_minutes(5)") == [
        ("ana-0", "lost", 1, True),
        ("ana-3", "lapsed", 1, False),
    ]
    assert lake.steps()["ana/1"] == ["web:home"]


def test_a_loss_without_interest_before_it_is_service(lake):
    """Unsubscribing alone, or after an unstaged page, loses no lead."""
    lake.given(ana=[(0, "web:about"), (5, "email:unsubscribed")], zoe=LATER)

    lake.build("core.journeys")

    assert journeys(lake, "outcome") == [("ana-0", "service")]


def test_open_until_the_timeout_then_lapsed(lake):
    """Exactly 30 days before the horizon is still open, a minute more has lapsed."""
    lake.given(ana=[(0, "web:home")], bea=[(1, "web:home")], zoe=[(30 * DAY + 1, "web:home")])

    lake.build("core.journeys")

    assert journeys(lake, "outcome", "is_settled") == [
        ("ana-0", "lapsed", True),
        ("bea-0", "open", False),
    ]


def test_a_fresh_purchase_is_closed_but_not_settled(lake):
    """Buyers close at once; they count only when the others had their 30 days too."""
    lake.given(
        ana=[(0, "purchase:completed")],
        bea=[(2, "purchase:completed")],
        zoe=[(30 * DAY + 1, "web:home")],
    )

    lake.build("core.journeys")

    assert journeys(lake, "outcome", "is_settled") == [
        ("ana-0", "converted", True),
        ("bea-0", "converted", False),
    ]


def test_assume_complete_settles_everything(lake):
    """A finished log has no open journeys and no unknown starts."""
    lake.given(ana=[(0, "web:home")])

    lake.build("core.journeys", assume_complete=True)

    assert journeys(lake, "outcome", "is_settled", "is_start_unknown") == [
        ("ana-0", "lapsed", True, False)
    ]


def test_a_refund_lowers_the_net_value_of_the_journey_it_names(lake):
    """By order id, though a later order exists; it starts and extends nothing."""
    lake.given(
        ana=[
            (0, "purchase:completed", {"order_id": "1", "value": 50, "currency": "EUR"}),
            (9, "purchase:completed", {"order_id": "2", "value": 70, "currency": "EUR"}),
            (40 * DAY, "purchase:refunded", {"order_id": "1", "value": -20, "currency": "EUR"}),
        ],
        zoe=LATER,
    )

    lake.build("core.journeys")

    assert journeys(
        lake, "journeys.value::int", "value_net::int", "refunded_at is null", "outcome"
    ) == [
        ("ana-0", 50, 30, False, "converted"),
        ("ana-1", 70, 70, True, "converted"),
    ]


def test_a_refund_without_an_order_joins_the_last_converted_journey(lake):
    """Without an amount it takes the whole value back."""
    lake.given(
        ana=[
            (0, "purchase:completed", {"order_id": "1", "value": 50, "currency": "EUR"}),
            (9, "purchase:completed", {"order_id": "2", "value": 70, "currency": "EUR"}),
            (20, "purchase:refunded"),
        ],
        zoe=LATER,
    )

    lake.build("core.journeys")

    assert journeys(lake, "value_net::int") == [("ana-0", 50), ("ana-1", 0)]


def test_a_given_journey_is_kept(lake):
    """Two given journeys of one customer, a minute apart, are not re-cut."""
    lake.given(
        ana=[
            (0, "web:home", {"given_journey_id": "case 1"}),
            (1, "web:home", {"given_journey_id": "NA"}),
            (99 * DAY, "web:cart", {"given_journey_id": "case 1"}),
        ]
    )

    lake.build("core.journeys", assume_complete=True)

    assert journeys(lake, "journeys.given_journey_id", "steps") == [
        ("ana-0", "case 1", 2),
        ("ana-1", "NA", 1),
    ]


def test_the_start_is_unknown_within_a_timeout_of_the_first_data(lake):
    """Only the customer's first journey, and only near the edge of the data."""
    lake.given(
        ana=[(0, "web:home"), (5, "purchase:completed"), (9, "web:home")],
        bea=[(31 * DAY, "web:home")],
        zoe=LATER,
    )

    lake.build("core.journeys")

    assert journeys(lake, "is_start_unknown") == [
        ("ana-0", True),
        ("ana-2", False),
        ("bea-0", False),
    ]


def test_a_bare_frame_opens_with_every_action_but_a_loss(lake):
    """Where no touchpoint has a stage, anything after the goal starts anew."""
    lake.touchpoints = {"paid": {"goal": True}}
    lake.given(
        ana=[
            (0, "look", {"channel": "web"}),
            (1, "paid", {"channel": "web"}),
            (2, "look", {"channel": "web"}),
        ]
    )

    lake.build("core.journeys", assume_complete=True)

    assert journeys(lake, "outcome") == [("ana-0", "converted"), ("ana-2", "lapsed")]


def test_a_required_source_holds_the_horizon_back(lake):
    """The horizon is the least over required sources of their greatest instant."""
    lake.settings = lake.settings.model_copy(
        update={
            "sources": {"lake": lake.settings.sources["lake"].model_copy(update={"required": True})}
        }
    )
    lake.given(ana=[(0, "web:home"), (7, "web:home")], zoe=[(3, "web:home", {"is_bot": True})])

    lake.build("core.horizon")

    assert lake.rows("core.horizon", "minute(horizon_at)") == [(7,)]
