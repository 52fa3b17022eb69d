"""Sessions: bursts of one customer's actions, cut by silence alone."""

DAY = 24 * 60


def sessions(lake):
    return lake.rows(
        "core.sessions join staging.events on first_event_key = event_key"
        " order by customer_key, session_number",
        "event_id",
        "session_number",
        "actions",
    )


def test_a_pause_longer_than_the_gap_opens_a_session(lake):
    """30 minutes of silence stay in the session, 30 minutes and a second open the next."""
    lake.given(ana=[(0, "web:home"), (30, "web:cart"), (60 + 1 / 60, "email:click")])

    lake.build("core.sessions")

    assert sessions(lake) == [("ana-0", 1, 2), ("ana-2", 2, 1)]


def test_a_gap_of_hours_counts_as_well(lake):
    """Two hours are more microseconds than 32 bits hold."""
    lake.given(ana=[(0, "web:home"), (120, "web:cart"), (241, "email:click")])

    lake.build("core.sessions", session_gap_minutes=120)

    assert sessions(lake) == [("ana-0", 1, 2), ("ana-2", 2, 1)]


def test_midnight_and_a_purchase_do_not_split_a_session(lake):
    """The lake starts at noon: minute 719 and 725 lie on two days."""
    lake.given(ana=[(715, "web:cart"), (719, "purchase:completed"), (725, "web:home")])

    lake.build("core.sessions")

    assert sessions(lake) == [("ana-0", 1, 3)]


def test_all_channels_share_a_session_and_context_does_not_extend_it(lake):
    """A delivered mail at minute 25 does not bridge the 45 minutes between two actions."""
    lake.given(
        ana=[(0, "web:home"), (10, "chat:started"), (25, "email:delivered"), (55, "web:cart")]
    )

    lake.build("core.sessions")

    assert sessions(lake) == [("ana-0", 1, 2), ("ana-3", 2, 1)]


def test_a_run_without_a_gap_splits_at_the_greatest_length(lake):
    """A beat every 20 minutes: minute 60 is exactly one hour after the start and opens the next."""
    lake.given(ana=[(20 * beat, "web:home") for beat in range(7)])

    lake.build("core.sessions", max_session_hours=1)

    assert sessions(lake) == [("ana-0", 1, 3), ("ana-3", 2, 3), ("ana-6", 3, 1)]
    assert lake.rows("core.sessions", "is_capped") == [(False,), (True,), (True,)]


def test_bots_have_no_sessions(lake):
    """A bot's event keeps its event number, and makes nothing."""
    lake.given(ana=[(0, "web:home"), (1, "web:product", {"is_bot": True}), (2, "web:cart")])

    lake.build("core.sessions")

    assert sessions(lake) == [("ana-0", 1, 2)]
    assert lake.rows("core.events", "event_number", "is_action") == [
        (1, True),
        (2, False),
        (3, True),
    ]


def test_a_late_event_bridges_two_sessions(lake):
    """With the late event in between, one session; ids and numbers follow."""
    early = [(0, "web:home"), (50, "web:cart")]
    lake.given(ana=early)
    lake.build("core.sessions")
    assert sessions(lake) == [("ana-0", 1, 1), ("ana-1", 2, 1)]

    lake.given(ana=[*early, (25, "web:product")])
    lake.build("core.sessions")

    assert sessions(lake) == [("ana-0", 1, 3)]


def test_two_customers_at_once_do_not_share_sessions(lake):
    """Equal instants of two customers stay apart, each numbered from 1."""
    lake.given(ana=[(0, "web:home"), (60, "web:home")], bea=[(0, "web:home"), (1, "web:cart")])

    lake.build("core.sessions")

    assert sessions(lake) == [("ana-0", 1, 1), ("ana-1", 2, 1), ("bea-0", 1, 2)]


def test_a_given_session_is_kept(lake):
    """Given sessions hold over any gap, and part what lies a minute apart."""
    lake.given(
        ana=[
            (0, "web:home", {"given_session_id": "s1"}),
            (90, "web:product", {"given_session_id": "s1"}),
            (91, "web:cart", {"given_session_id": "s2"}),
        ]
    )

    lake.build("core.sessions")

    assert sessions(lake) == [("ana-0", 1, 2), ("ana-2", 2, 1)]


def test_engaged_is_two_actions_or_a_goal(lake):
    """One page view is not engaged, one purchase is."""
    lake.given(
        ana=[(0, "web:home"), (60, "web:home"), (61, "web:cart"), (200, "purchase:completed")]
    )

    lake.build("core.sessions")

    assert lake.rows("core.sessions", "is_engaged", "has_goal") == [
        (False, False),
        (True, False),
        (True, True),
    ]


def test_no_events_give_no_sessions(lake):
    """An empty night leaves empty tables, not an error."""
    lake.build("core.journeys")

    assert lake.rows("core.journeys", "journey_number") == []
    assert lake.rows("core.horizon", "horizon_at") in ([], [(None,)])
