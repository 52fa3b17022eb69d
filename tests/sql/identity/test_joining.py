"""Which identifiers become one customer, and what stands in the way."""

import pytest

from people import rules_file


def test_events_before_the_login_belong_to_the_customer(people):
    """Linking is retroactive: two devices and an address of one user are one customer."""
    people.given(
        (0, {"anonymous_id": "phone"}),
        (5, {"anonymous_id": "laptop"}),
        (9, {"anonymous_id": "phone", "user_id": "ana"}),
        (10, {"anonymous_id": "laptop", "user_id": "ana"}),
        (11, {"user_id": "ana", "email": "Ana@shop.io"}),
        (12, {"email": "ana@shop.io"}),
        (13, {"anonymous_id": "other"}),
    )

    people.resolve()

    assert people.groups() == [["phone", "laptop", "ana", "ana@shop.io"], ["other"]]
    assert people.owners() == [*["phone"] * 6, "other"]


def test_one_event_is_one_customer(people):
    """The smallest input there is."""
    people.given((0, {"user_id": "ana"}))

    people.resolve()

    assert people.rows("customers", "customer_key", "identifiers") == [(0, 1)]
    assert people.rows("event_customers", "event_key", "customer_key") == [(1, 0)]


def test_no_event_is_no_customer(people):
    """Every table is built empty; nothing fails."""
    people.given()

    results = people.resolve()

    assert people.rows("customers", "customer_id") == []
    assert [result.check for result in results if not result.passed] == []


def test_events_without_identifiers_have_no_customer(people):
    """They are counted in the audit."""
    people.given((0, {}), (1, {"user_id": "ana"}), (2, {}), (3, {"user_id": "ana"}))

    people.resolve()

    assert people.owners() == [None, "ana", None, "ana"]
    assert ("events_without_customer", "", 2, 0.5) in people.rows("audit", "*")


def test_customer_keys_follow_the_order_of_customer_ids(people):
    """Dense from 0: what is laid out by key is laid out by id, and numbers sort faster."""
    people.given((9, {"user_id": "late"}), (1, {"user_id": "early"}), (5, {"user_id": "mid"}))

    people.resolve()

    rows = people.rows("customers", "customer_key", "customer_id")
    assert [key for key, _ in rows] == [0, 1, 2]
    assert [name for _, name in rows] == sorted(name for _, name in rows)


def test_two_users_on_one_address_stay_two_customers(people):
    """The edge that would join them is a conflict; the address is the first user's."""
    people.given(
        (0, {"user_id": "ana", "email": "home@shop.io"}),
        (1, {"user_id": "ben", "email": "home@shop.io"}),
    )

    people.resolve()

    assert people.groups() == [["ana", "home@shop.io"], ["ben"]]
    assert people.rows("conflicts", "reason", "exclusive_kind", "left_value", "right_value") == [
        ("exclusive_kind", "user_id", "home@shop.io", "ben")
    ]
    assert people.rows("shared_devices", "value", "owners") == [("home@shop.io", 2)]


def test_an_indirect_meeting_is_a_conflict_too(people):
    """Ana's device and Ben's address on one event: the device, of the lesser kind, is shared."""
    people.given(
        (0, {"user_id": "ana", "anonymous_id": "tablet"}),
        (1, {"user_id": "ben", "email": "ben@shop.io"}),
        (2, {"anonymous_id": "tablet", "email": "ben@shop.io"}),
        (3, {"anonymous_id": "tablet"}),
    )

    people.resolve()

    assert people.groups() == [["ana", "tablet"], ["ben", "ben@shop.io"]]
    assert people.rows("shared_devices", "value") == [("tablet",)]
    assert people.owners() == ["ana", "ben", "ben", "ben"]


def test_the_first_seen_edge_wins(people):
    """The device belongs to whom it was seen with first, in whatever order rows arrive."""
    people.given(
        (5, {"user_id": "ben", "anonymous_id": "tablet"}),
        (3, {"user_id": "ana", "anonymous_id": "tablet"}),
    )

    people.resolve()

    assert people.groups() == [["ana", "tablet"], ["ben"]]


def test_of_one_instant_the_kinds_and_values_decide(people):
    """At one instant user-e-mail goes before user-device, and ana before ben."""
    people.given(
        (0, {"user_id": "ben", "anonymous_id": "d"}),
        (0, {"user_id": "ana", "anonymous_id": "d"}),
        (0, {"user_id": "cleo", "email": "e@shop.io"}),
        (0, {"email": "e@shop.io", "anonymous_id": "d"}),
    )

    people.resolve()

    assert people.groups() == [["ana", "d"], ["ben"], ["cleo", "e@shop.io"]]


def test_two_exclusive_identifiers_on_one_event(people):
    """They are a conflict without a shared device; the event is the one's seen first."""
    people.given((0, {"user_id": "ana"}), (1, [("user_id", "ben"), ("user_id", "ana")]))

    people.resolve()

    assert people.rows("conflicts", "shared_key", "events") == [(None, 1)]
    assert people.groups() == [["ana"], ["ben"]]
    assert people.owners() == ["ana", "ana"]


def test_exclusive_kinds_are_a_setting(people):
    """With e-mail exclusive, a user with two addresses keeps the first."""
    events = (
        (0, {"user_id": "ana", "email": "a@shop.io"}),
        (1, {"user_id": "ana", "email": "b@shop.io"}),
    )
    people.given(*events)

    people.resolve(exclusive_kinds=["email"])

    assert people.groups() == [["ana", "a@shop.io"], ["b@shop.io"]]


def test_an_always_rule_joins_what_was_never_seen_together(people, tmp_path):
    """Values of rules are normalised like delivered ones; two users may be joined by hand."""
    path = rules_file(
        tmp_path,
        ("always", "user_id", "ana", "email", " ANA@shop.io"),
        ("always", "user_id", "ana", "user_id", "ana-2"),
    )
    people.given((0, {"user_id": "ana"}), (1, {"email": "ana@shop.io"}), (2, {"user_id": "ana-2"}))

    people.resolve(identity_rules_path=path)

    assert people.groups() == [["ana", "ana@shop.io", "ana-2"]]
    assert people.rows("conflicts", "*") == []


def test_an_always_rule_goes_before_what_was_seen(people, tmp_path):
    """Ana used the tablet first; by hand it is Ben's, so Ana's edge is the conflict."""
    path = rules_file(tmp_path, ("always", "user_id", "ben", "anonymous_id", "tablet"))
    people.given(
        (0, {"user_id": "ana", "anonymous_id": "tablet"}),
        (1, {"user_id": "ben"}),
    )

    people.resolve(identity_rules_path=path)

    assert people.groups() == [["ana"], ["tablet", "ben"]]


def test_an_always_rule_lifts_a_refusal(people, tmp_path):
    """A role mailbox that somebody gave to a person is accepted; an empty value never is."""
    path = rules_file(
        tmp_path,
        ("always", "user_id", "ana", "email", "info@shop.io"),
        ("always", "user_id", "ana", "phone", "n/a"),
    )
    people.given((0, {"user_id": "ana"}), (1, {"email": "info@shop.io"}))

    people.resolve(identity_rules_path=path)

    assert people.groups() == [["ana", "info@shop.io"]]


def test_a_never_rule_parts_a_pair(people, tmp_path):
    """The direct edge is dropped; nothing else joins them, so they are two customers."""
    path = rules_file(tmp_path, ("never", "email", "a@shop.io", "anonymous_id", "d"))
    people.given((0, {"email": "a@shop.io", "anonymous_id": "d"}))

    people.resolve(identity_rules_path=path)

    assert people.groups() == [["a@shop.io"], ["d"]]
    assert people.rows("conflicts", "*") == []


def test_a_never_rule_holds_over_a_detour(people, tmp_path):
    """A - d - b is cut at its later edge, and the device between them is shared."""
    path = rules_file(tmp_path, ("never", "email", "a@shop.io", "email", "b@shop.io"))
    people.given(
        (0, {"email": "a@shop.io", "anonymous_id": "d"}),
        (1, {"anonymous_id": "d", "loyalty": "card"}),
        (2, {"loyalty": "card", "email": "b@shop.io"}),
    )

    people.resolve(identity_rules_path=path)

    assert people.groups() == [["a@shop.io", "d", "card"], ["b@shop.io"]]
    assert people.rows("conflicts", "reason", "left_value", "right_value") == [
        ("never_rule", "card", "b@shop.io")
    ]
    assert people.rows("shared_devices", "value") == [("card",)]


def test_a_never_rule_wins_over_always(people, tmp_path):
    """Always a-b, always b-c, never a-c: one of the two joins is listed as a conflict."""
    path = rules_file(
        tmp_path,
        ("always", "loyalty", "a", "loyalty", "b"),
        ("always", "loyalty", "b", "loyalty", "c"),
        ("never", "loyalty", "a", "loyalty", "c"),
    )
    people.given((0, {"loyalty": "a"}), (1, {"loyalty": "b"}), (2, {"loyalty": "c"}))

    people.resolve(identity_rules_path=path)

    assert people.groups() == [["a", "b"], ["c"]]
    assert people.rows("conflicts", "reason") == [("never_rule",)]


def test_contradicting_rules_fail_a_check(people, tmp_path):
    """Always and never for one pair, spelled differently, block the run and part the two."""
    path = rules_file(
        tmp_path,
        ("always", "email", "a@shop.io", "user_id", "u"),
        ("never", "user_id", "u", "email", "A@shop.io"),
    )
    people.given((0, {"email": "a@shop.io", "user_id": "u"}))

    failed = [r for r in people.resolve(identity_rules_path=path) if not r.passed]

    assert [(result.table, result.severity) for result in failed] == [
        ("identity.rule_pairs", "error")
    ]
    assert people.groups() == [["u"], ["a@shop.io"]]


@pytest.mark.parametrize(
    ("told", "owner"),
    [
        pytest.param({"email": "b@shop.io", "anonymous_id": "d"}, "b@shop.io", id="kind rank"),
        pytest.param({"loyalty": "ana", "email": "b@shop.io"}, "ana", id="exclusive first"),
    ],
)
def test_an_event_of_two_customers_goes_to_the_stronger(people, tmp_path, told, owner):
    """After a conflict: the exclusive identifier first, then the rank of the kind."""
    path = rules_file(
        tmp_path,
        ("never", "email", "b@shop.io", "anonymous_id", "d"),
        ("never", "email", "b@shop.io", "loyalty", "ana"),
    )
    people.given((0, {"anonymous_id": "d"}), (1, {"loyalty": "ana"}), (2, told))

    people.resolve(identity_rules_path=path, exclusive_kinds=["loyalty"])

    assert people.owners()[2] == owner


def test_a_bot_joins_nobody(people):
    """A bot's event makes no identifier and no edge; it goes to a customer otherwise known."""
    bot = {"is_bot": True}
    people.given(
        (0, {"email": "a@shop.io"}),
        (1, {"email": "a@shop.io", "anonymous_id": "scanner"}, bot),
        (2, {"anonymous_id": "crawler"}, bot),
        (3, {"anonymous_id": "d"}),
    )

    people.resolve()

    assert people.groups() == [["a@shop.io"], ["d"]]
    assert people.owners() == ["a@shop.io", "a@shop.io", None, "d"]


def test_a_customer_too_large_fails_a_check(people):
    """Four identifiers where three are allowed block the run."""
    people.given(*[(i, {"user_id": "ana", "anonymous_id": f"d{i}"}) for i in range(3)])

    failed = [r for r in people.resolve(max_customer_identifiers=3) if not r.passed]

    assert [(r.check, r.severity, r.faulty_rows) for r in failed] == [
        ("identity_largest_customer", "error", 1)
    ]
