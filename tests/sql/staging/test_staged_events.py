"""From delivered rows to events: ids, duplicates, as-of."""

from datetime import datetime, timedelta

FORMAT = "staging.any_contract"
NOON = datetime(2026, 3, 1, 12)


def row(minute=0, name="view", event_id=None, received=None, **told):
    return {
        "event_id": event_id,
        "occurred_at": NOON + timedelta(minutes=minute),
        "received_at": None if received is None else NOON + timedelta(minutes=received),
        "event_name": name,
        **told,
    }


def test_every_row_becomes_an_event_numbered_in_order_of_time(staged):
    """Ties in time go by source, then id; no counter is 0, no word on bots is no bot."""
    staged.source("b")
    staged.source("a")
    staged.raw(FORMAT, row(5, event_id="3"), row(0, event_id="2"), source="b")
    staged.raw(
        FORMAT,
        row(0, event_id="9"),
        row(0, event_id="8", source_sequence=4, is_bot=True),
        source="a",
        delivery_key=2,
    )

    assert staged.settle(FORMAT) == []

    assert staged.rows(
        "staging.events", "event_key", "event_id", "delivery_key", "source_sequence", "is_bot"
    ) == [
        (1, "a:8", 2, 4, True),
        (2, "a:9", 2, 0, False),
        (3, "b:2", 1, 0, False),
        (4, "b:3", 1, 0, False),
    ]


def test_the_same_id_again_is_a_duplicate_and_the_latest_received_wins(staged):
    """In whichever file it comes; a row without a received clock loses to one with it."""
    staged.source("shop")
    staged.raw(
        FORMAT, row(0, "new", "1", received=9), row(0, "old", "1", received=3), source="shop"
    )
    staged.raw(
        FORMAT, row(0, "older", "1", received=2), row(0, "none", "1"), source="shop", delivery_key=2
    )

    staged.settle(FORMAT)

    assert staged.rows("staging.events", "event_id", "event_name") == [("shop:1", "new")]
    assert staged.rows("staging.row_counts", "rows_in", "events", "duplicates") == [(4, 1, 3)]


def test_the_same_id_in_two_sources_is_two_events(staged):
    """An id belongs to its source."""
    staged.source("a")
    staged.source("b")
    staged.raw(FORMAT, row(event_id="1"), source="a")
    staged.raw(FORMAT, row(event_id="1"), source="b", delivery_key=2)

    staged.settle(FORMAT)

    assert staged.rows("staging.events", "event_id") == [("a:1",), ("b:1",)]


def test_received_at_once_the_greatest_content_hash_wins(staged):
    """Which of two names wins is arbitrary but the same in both orders of arrival."""
    for key, source, names in ((1, "a", ["x", "y"]), (2, "b", ["y", "x"])):
        staged.source(source)
        versions = [row(0, name, "1", received=3) for name in names]
        staged.raw(FORMAT, *versions, source=source, delivery_key=key)

    staged.settle(FORMAT)

    winners = staged.rows("staging.events", "event_name")
    assert len(winners) == 2
    assert winners[0] == winners[1]


def test_duplicates_that_differ_are_counted_as_conflicting(staged):
    """Other received or sent clocks, sequence or file are no conflict; another content is."""
    staged.source("shop")
    staged.raw(
        FORMAT,
        row(0, "view", "1", received=9),
        row(0, "view", "1", received=3, sent_at=NOON, source_sequence=7),
        row(0, "click", "1", received=2),
        source="shop",
    )

    staged.settle(FORMAT)

    assert staged.rows("staging.row_counts", "duplicates", "conflicting_duplicates") == [(2, 1)]


def test_rows_without_an_id_are_known_by_their_content(staged):
    """128 bits of it; the received clock is left out, the time and the visitor are not."""
    staged.source("shop")
    staged.raw(
        FORMAT,
        row(0, received=1, anonymous_id="p1"),
        row(0, received=2, anonymous_id="p1"),
        row(0, anonymous_id="p2"),
        row(1, anonymous_id="p1"),
        source="shop",
    )

    staged.settle(FORMAT)

    events = staged.rows("staging.events", "event_id", "received_at", order_by="event_key")
    assert len(events) == 3
    assert {len(event_id) for event_id, _ in events} == {len("shop:") + 32}
    assert NOON + timedelta(minutes=2) in {received_at for _, received_at in events}


def test_identical_rows_are_duplicates_unless_the_source_says_events(staged):
    """The k-th identical row of one file is its own event; the file again adds nothing."""
    for source, kind in (("shop", "duplicates"), ("log", "events")):
        staged.source(source, identical_rows=kind)
    for key in (1, 2):
        staged.raw(FORMAT, row(), row(), row(), source="log", delivery_key=key)
        staged.raw(FORMAT, row(), row(), row(), source="shop", delivery_key=key + 2)

    staged.settle(FORMAT)

    assert staged.rows("staging.row_counts", "source", "rows_in", "events", "duplicates") == [
        ("log", 6, 3, 3),
        ("shop", 6, 1, 5),
    ]
    assert staged.rows(
        "staging.events", "replace(event_id, split_part(event_id, '#', 1), '')", "source"
    ) == [("", "log"), ("", "shop"), ("#2", "log"), ("#3", "log")]


def test_own_ids_are_unique_even_where_identical_rows_are_events(staged):
    """The rule for identical rows is for rows without an id."""
    staged.source("log", identical_rows="events")
    staged.raw(FORMAT, row(event_id="1"), row(event_id="1"), source="log")

    staged.settle(FORMAT)

    assert staged.rows("staging.events", "event_id") == [("log:1",)]


def test_of_identical_rows_the_least_sequence_is_kept(staged):
    """So that line numbers of a log delivered twice do not depend on which file came first."""
    staged.source("log", identical_rows="events")
    staged.raw(FORMAT, row(source_sequence=8), source="log")
    staged.raw(FORMAT, row(source_sequence=3), source="log", delivery_key=2)

    staged.settle(FORMAT)

    assert staged.rows("staging.events", "source_sequence") == [(3,)]


def test_rows_after_as_of_wait(staged):
    """At as-of is in; a later version of an event that is moved past as-of waits as well."""
    staged.source("shop")
    staged.raw(
        FORMAT,
        row(0, event_id="1", received=0),
        row(10, event_id="2"),
        row(11, event_id="1", received=11),
        source="shop",
    )

    staged.settle(FORMAT, as_of=NOON + timedelta(minutes=10))

    assert staged.rows("staging.events", "event_id", "occurred_at") == [
        ("shop:1", NOON),
        ("shop:2", NOON + timedelta(minutes=10)),
    ]
    assert staged.rows("staging.row_counts", "rows_in", "events", "waiting_rows") == [(3, 2, 1)]


def test_nothing_delivered_gives_empty_tables(staged):
    """A configured source without rows is counted with zeros."""
    staged.source("shop")
    staged.raw(FORMAT, source="shop")

    assert staged.settle(FORMAT) == []

    assert staged.rows("staging.events", "event_id") == []
    assert staged.rows("staging.row_counts", "*") == [("shop", 0, 0, 0, 0, 0, 0, 0, 0)]
