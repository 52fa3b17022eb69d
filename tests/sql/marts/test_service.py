"""Response times of conversations and what became of mails, by hand."""

DAY = 24 * 60
LATER = [(200 * DAY, "web:about")]
AGENT = "chat:agent_message"


def said(minute, touchpoint, conversation="c1", actor="customer"):
    return (minute, touchpoint, {"conversation_id": conversation, "actor": actor})


def mail(minute, kind, campaign=None):
    return (minute, f"email:{kind}", {"utm_campaign": campaign})


def test_response_runs_from_the_first_question_to_the_first_answer(lake):
    """Asked at 0 and 2, greeted by a program, answered after 10 minutes, closed after an hour."""
    lake.touchpoints[AGENT] = {"role": "context"}
    lake.touchpoints["chat:rating"] = {"survey": "csat"}
    lake.given(
        ana=[
            said(0, "chat:started"),
            said(1, "chat:bot_message", actor="system"),
            said(2, "chat:started"),
            said(10, AGENT, actor="agent"),
            said(60, "chat:started"),
            said(90, "chat:rating"),
        ],
        zoe=LATER,
    )

    lake.build("marts.response_times")

    columns = ("channel", "week::varchar", "conversations", "conversations_answered")
    times = ("first_response_p50_seconds", "resolution_p50_seconds", "answered_share")
    assert lake.rows("marts.response_times", *columns, *times) == [
        ("chat", None, 1, 1, 600.0, 3600.0, 1.0),
        ("chat", "2025-12-29", 1, 1, 600.0, 3600.0, 1.0),
    ]


def test_who_was_never_answered_is_in_the_share_and_not_in_the_times(lake):
    """An agent who spoke before the customer did not answer; the agent's monologue is none."""
    lake.given(
        ana=[said(0, AGENT, actor="agent"), said(5, "chat:started")],
        bea=[said(0, "chat:started", "c2"), said(20, AGENT, "c2", "agent")],
        cat=[said(0, AGENT, "c3", "agent")],
        zoe=LATER,
    )

    lake.build("marts.response_times")

    columns = ("conversations", "conversations_answered", "first_response_p50_seconds")
    share = ("answered_share", "round(answered_share_low, 3)", "customers", "is_insufficient")
    assert lake.rows("marts.response_times where week is null", *columns, *share) == [
        (2, 1, 1200.0, 0.5, 0.055, 2, True)
    ]


def test_a_conversation_of_this_week_may_still_go_on(lake):
    """Seven days of silence are not more than seven: neither resolved nor in the share."""
    lake.given(
        ana=[said(0, "chat:started"), said(10, AGENT, actor="agent")],
        zoe=[(10 + 7 * DAY, "web:about")],
    )

    lake.build("marts.response_times")

    columns = ("conversations_answered", "conversations_resolved", "resolution_p50_seconds")
    assert lake.rows(
        "marts.response_times where week is not null", *columns, "answered_share", "is_immature"
    ) == [(1, 0, None, None, True)]


def test_campaigns_count_customers_from_delivery_to_goal(lake):
    """Three got it, two opened, two clicked; cat bought a minute too late, dan only clicked."""
    lake.touchpoints["email:open"] = {"role": "context"}
    bought = "purchase:completed"
    lake.given(
        ana=[
            mail(0, "delivered", "may"),
            mail(1, "open", "may"),
            mail(2, "open", "may"),
            mail(3, "click", "may"),
            (3 + 7 * DAY, bought),
        ],
        bea=[mail(0, "delivered", "may"), mail(5, "open", "may")],
        cat=[mail(0, "click", "may"), (1 + 7 * DAY, bought)],
        dan=[mail(0, "delivered"), mail(1, "click")],
        zoe=LATER,
    )

    lake.build("marts.campaigns")

    counts = ("campaign", "delivered", "opened", "clicked", "clicked_settled", "goals")
    rates = ("round(open_rate, 3)", "round(click_rate, 3)", "goal_rate", "is_insufficient")
    assert lake.rows("marts.campaigns", *counts, *rates) == [
        ("may", 3, 2, 2, 2, 1, 0.667, 0.667, 0.5, True),
        ("(none)", 1, 0, 1, 1, 0, 0.0, 1.0, 0.0, True),
    ]


def test_a_young_click_is_not_judged(lake):
    """The click of six days ago may still lead to a goal: no rate yet."""
    lake.given(ana=[mail(0, "delivered", "may"), mail(1, "click", "may"), (6 * DAY, "web:home")])

    lake.build("marts.campaigns")

    assert lake.rows("marts.campaigns", "clicked", "clicked_settled", "goals", "goal_rate") == [
        (1, 0, 0, None)
    ]
