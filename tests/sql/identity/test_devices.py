"""Whose events on a shared device are, by the three policies."""

import pytest

# 12:01 -, 12:02 -, 12:03 user A, 12:07 -, 12:08 user B, next day -.
WORKED_EXAMPLE = (
    (1, {"anonymous_id": "device"}),
    (2, {"anonymous_id": "device"}),
    (3, {"anonymous_id": "device", "user_id": "A"}),
    (7, {"anonymous_id": "device"}),
    (8, {"anonymous_id": "device", "user_id": "B"}),
    (24 * 60, {"anonymous_id": "device"}),
)


@pytest.mark.parametrize(
    ("policy", "first", "second"),
    [
        pytest.param("device_split", 4, 2, id="device_split"),
        pytest.param("last_owner", 0, 6, id="last_owner"),
        pytest.param("first_owner", 6, 0, id="first_owner"),
    ],
)
def test_the_worked_example(people, policy, first, second):
    """device_split carries the last known owner on; the others give the device away whole."""
    people.given(*WORKED_EXAMPLE)

    people.resolve(device_policy=policy)

    assert people.groups() == [["device", "A"], ["B"]]
    assert people.owners() == [*["device"] * first, *["B"] * second]


def test_a_shared_device_is_listed_with_its_events(people):
    """Two owners, six events, four of them given by the device alone."""
    people.given(*WORKED_EXAMPLE)

    people.resolve()

    columns = ("value", "owners", "events", "assigned_events")
    assert people.rows("shared_devices", *columns) == [("device", 2, 6, 4)]
    assert ("shared_device_events", "", 6, 1.0) in people.rows("audit", "*")


def test_owners_alternate(people):
    """Every log-in changes the owner until the next one."""
    people.given(
        (0, {"anonymous_id": "d", "user_id": "a"}),
        (1, {"anonymous_id": "d"}),
        (2, {"anonymous_id": "d", "user_id": "b"}),
        (3, {"anonymous_id": "d"}),
        (4, {"anonymous_id": "d", "user_id": "a"}),
        (5, {"anonymous_id": "d"}),
    )

    people.resolve()

    assert people.owners() == ["a", "a", "b", "b", "a", "a"]


def test_at_one_instant_the_sources_counter_decides(people):
    """A page before and a page after a log-in of the same stamp."""
    people.given(
        (0, {"anonymous_id": "d", "user_id": "a"}),
        (5, {"anonymous_id": "d"}, {"source_sequence": 3}),
        (5, {"anonymous_id": "d", "user_id": "b"}, {"source_sequence": 2}),
        (5, {"anonymous_id": "d"}, {"source_sequence": 1}),
    )

    people.resolve()

    assert people.owners() == ["a", "b", "b", "a"]


def test_at_one_instant_the_channel_goes_before_the_counter(people):
    """Web stands before chat, whatever their counters say."""
    people.given(
        (0, {"anonymous_id": "d", "user_id": "a"}),
        (5, {"anonymous_id": "d"}, {"channel": "chat", "source_sequence": 1}),
        (5, {"anonymous_id": "d", "user_id": "b"}, {"channel": "web", "source_sequence": 9}),
    )

    people.resolve()

    assert people.owners() == ["a", "b", "b"]


def test_the_leading_block_goes_to_the_first_owner(people):
    """Events before anybody is known on the device, also on a second device with it."""
    people.given(
        (0, {"anonymous_id": "d"}),
        (1, {"anonymous_id": "d", "loyalty": "card"}),
        (2, {"anonymous_id": "d", "user_id": "a"}),
        (3, {"anonymous_id": "d", "user_id": "b"}),
    )

    people.resolve()

    assert people.groups() == [["d", "card", "a"], ["b"]]
    assert people.owners() == ["d", "d", "d", "b"]


def test_a_shared_device_assigns_events_not_identifiers(people):
    """Ben's address, first met on the tablet he shares with Ana, does not become Ana's."""
    people.given(
        (0, {"anonymous_id": "tablet", "user_id": "ana"}),
        (1, {"anonymous_id": "tablet", "user_id": "ben"}),
        (2, {"anonymous_id": "tablet", "email": "ben@shop.io"}),
        (3, {"anonymous_id": "tablet"}),
        (4, {"email": "ben@shop.io", "user_id": "ben"}),
    )

    people.resolve()

    assert people.groups() == [["ana", "tablet"], ["ben", "ben@shop.io"]]
    assert people.owners() == ["ana", "ben", "ben", "ben", "ben"]
    assert people.rows("conflicts", "reason", "right_value") == [
        ("exclusive_kind", "ben"),
        ("shared_device", "ben@shop.io"),
    ]


def test_an_event_with_two_shared_devices_follows_the_stronger(people):
    """The shared address ranks before the shared tablet, so its last owner counts."""
    people.given(
        (0, {"user_id": "a", "email": "home@shop.io"}),
        (1, {"user_id": "b", "email": "home@shop.io"}),
        (2, {"user_id": "b", "anonymous_id": "tablet"}),
        (3, {"user_id": "a", "anonymous_id": "tablet"}),
        (4, {"email": "home@shop.io", "anonymous_id": "tablet"}),
        (5, {"anonymous_id": "tablet"}),
    )

    people.resolve()

    assert people.owners() == ["a", "b", "b", "a", "b", "a"]


def test_a_bot_says_nothing_about_the_owner(people):
    """The device's next event goes to the last owner that was no bot."""
    people.given(
        (0, {"anonymous_id": "d", "user_id": "a"}),
        (1, {"anonymous_id": "d", "user_id": "b"}),
        (2, {"anonymous_id": "d", "user_id": "a"}, {"is_bot": True}),
        (3, {"anonymous_id": "d"}),
    )

    people.resolve()

    assert people.owners() == ["a", "b", "a", "b"]


def test_the_share_of_shared_devices_is_checked(people):
    """Two events of eight on a shared address warn above 0.2 and not at 0.25."""
    people.given(
        (0, {"user_id": "a", "email": "h@shop.io"}),
        (1, {"user_id": "b", "email": "h@shop.io"}),
        *[(2 + i, {"user_id": "c"}) for i in range(6)],
    )

    above = [r.check for r in people.resolve(max_shared_device_share=0.2) if not r.passed]
    at_most = [r.check for r in people.resolve(max_shared_device_share=0.25) if not r.passed]

    assert above == ["identity_shared_device_share"]
    assert at_most == []
