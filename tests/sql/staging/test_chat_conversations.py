"""Chat conversations: one nested record becomes many rows."""

from datetime import datetime

MODEL = "staging.chat_conversations"
NOON = 1_772_366_400  # 2026-03-01 12:00:00 UTC


def part(name, seconds, author="user", kind="comment", body="hello"):
    return {
        "id": name,
        "part_type": kind,
        "created_at": str(NOON + seconds),
        "author": {"type": author},
        "body": body,
    }


def test_a_conversation_becomes_one_row_per_part_and_rating(staged):
    """The first customer message is 'started', later ones 'message'; the rating has the score."""
    staged.source("help", "chat")
    staged.raw(
        MODEL,
        {
            "id": "c1",
            "updated_at": str(NOON + 600),
            "contacts": [{"external_id": "u1", "email": None, "anonymous_id": "p1"}],
            "conversation_parts": [
                part("1", 0, "bot", body="Hi!"),
                part("2", 5),
                part("3", 60, "admin"),
                part("4", 70),
                part("5", 80, "bot", kind="rating_request", body=None),
            ],
            "conversation_rating": {"rating": 4, "created_at": str(NOON + 90)},
        },
        source="help",
    )

    rows = staged.stage(
        MODEL,
        "event_id",
        "occurred_at",
        "event_name",
        "actor",
        "score",
        "source_sequence",
        "properties",
        order_by="source_sequence",
    )

    minute = datetime(2026, 3, 1, 12).replace
    assert rows == [
        ("c1/1", minute(second=0), "bot_message", "system", None, 1, '{"characters":3}'),
        ("c1/2", minute(second=5), "started", "customer", None, 2, '{"characters":5}'),
        ("c1/3", minute(minute=1), "agent_message", "agent", None, 3, '{"characters":5}'),
        ("c1/4", minute(minute=1, second=10), "message", "customer", None, 4, '{"characters":5}'),
        ("c1/5", minute(minute=1, second=20), "rating_request", "system", None, 5, "{}"),
        ("c1/rating", minute(minute=1, second=30), "rating", "customer", 4.0, 6, "{}"),
    ]
    assert staged.rows(
        MODEL, "distinct conversation_id", "identifiers", "received_at", "row_number", "channel"
    ) == [
        (
            "c1",
            [{"kind": "user_id", "value": "u1"}, {"kind": "anonymous_id", "value": "p1"}],
            datetime(2026, 3, 1, 12, 10),
            1,
            "chat",
        )
    ]


def test_the_earliest_customer_message_starts_whatever_the_order_of_parts(staged):
    """At equal stamps the one listed first starts."""
    staged.source("help", "chat")
    staged.raw(
        MODEL,
        {"id": "c1", "conversation_parts": [part("1", 9), part("2", 3), part("3", 3)]},
        source="help",
    )

    assert staged.stage(MODEL, "event_id", "event_name", order_by="event_id") == [
        ("c1/1", "message"),
        ("c1/2", "started"),
        ("c1/3", "message"),
    ]


def test_a_bad_part_is_rejected_alone_and_an_empty_conversation_is_not_lost(staged):
    """The other parts of the conversation stay events; nothing to unnest is a rejected row."""
    staged.source("help", "chat")
    bad = {**part("2", 0), "created_at": "noon"}
    staged.raw(
        MODEL,
        {"id": "c1", "conversation_parts": [part("1", 0), bad]},
        {"id": "c2", "conversation_parts": []},
        {"id": "c3", "conversation_parts": None},
        source="help",
    )

    rows = staged.stage(
        MODEL, "row_number", "event_name", "reject_code", "reject_reason", order_by="1, event_id"
    )

    assert rows == [
        (1, "started", None, None),
        (1, "message", "bad_time", "created_at 'noon' is no epoch number"),
        (2, None, "no_parts", "conversation c2 holds no parts"),
        (3, None, "no_parts", "conversation c3 holds no parts"),
    ]
