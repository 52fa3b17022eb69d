"""Customer ids: what they are made of, and what becomes of them from run to run."""

import hashlib
import hmac

from journeylab.identity import hash_pads
from journeylab.pipeline.forgotten import forget_former_key
from people import HASH_KEY, rules_file


def test_a_customer_id_is_the_keyed_hash_of_the_earliest_identifier(people):
    """c_ and 32 hex digits of HMAC-SHA-256 of kind:value, letters beyond ASCII as UTF-8."""
    people.given((0, {"email": "Äna@shop.io"}), (1, {"email": "äna@shop.io", "user_id": "7"}))

    people.resolve()

    digest = hmac.new(HASH_KEY, "email:äna@shop.io".encode(), hashlib.sha256).hexdigest()
    assert people.rows("customers", "customer_id") == [("c_" + digest[:32],)]


def test_another_key_gives_another_id(people):
    """Without the key nobody can tell the id of an address."""
    people.given((0, {"user_id": "ana"}))

    people.resolve()
    first = people.customer_ids()
    people.resolve(**hash_pads(b"another key"))

    assert people.customer_ids().keys() == first.keys()
    assert people.customer_ids() != first


def test_a_rotated_key_changes_every_id_and_leaves_no_alias(people):
    """Who is who stays; a list from old to new ids would undo the rotation."""
    people.given((0, {"anonymous_id": "d"}), (1, {"anonymous_id": "d", "user_id": "ana"}))
    people.resolve()
    people.publish()
    first, groups = people.customer_ids(), people.groups()
    assert not forget_former_key(people.warehouse, HASH_KEY)

    assert forget_former_key(people.warehouse, b"another key")
    people.resolve(**hash_pads(b"another key"))

    assert people.groups() == groups
    assert set(people.customer_ids().values()).isdisjoint(first.values())
    assert people.rows("customer_aliases", "old_customer_id") == []


def test_of_one_instant_the_kind_rank_then_the_value_makes_the_id(people):
    """user_id stands before email, and b before c, when all were first seen together."""
    people.given((0, [("email", "a@shop.io"), ("user_id", "u"), ("anonymous_id", "d")]))

    people.resolve()

    assert people.groups() == [["u", "a@shop.io", "d"]]
    digest = hmac.new(HASH_KEY, b"user_id:u", hashlib.sha256).hexdigest()
    assert people.rows("customers", "customer_id") == [("c_" + digest[:32],)]


def test_nothing_changed_is_no_alias(people):
    """The same events again, and a new event of a known customer, keep every id."""
    people.given((0, {"anonymous_id": "d"}))
    people.resolve()
    people.publish()

    people.given((0, {"anonymous_id": "d"}), (1, {"anonymous_id": "d", "user_id": "ana"}))
    people.resolve(run_id="run-2")

    assert people.rows("customer_aliases", "*") == []


def test_a_merge_leaves_an_alias(people):
    """A log-in joins two devices: the younger id leads to the older, by the user_id."""
    people.given((0, {"anonymous_id": "d1", "user_id": "ana"}), (1, {"anonymous_id": "d2"}))
    people.resolve()
    people.publish()
    old = people.customer_ids()

    people.given(
        (0, {"anonymous_id": "d1", "user_id": "ana"}),
        (1, {"anonymous_id": "d2"}),
        (2, {"anonymous_id": "d2", "user_id": "ana"}),
    )
    people.resolve(run_id="run-2")

    assert people.rows(
        "customer_aliases",
        "run_id",
        "old_customer_id",
        "new_customer_id",
        "evidence",
        "linking_kind",
        "identifiers",
    ) == [("run-2", old["d2"], old["d1"], "merge", "user_id", 1)]
    assert ("merges", "", 1, None) in people.rows("audit", "*")


def test_late_data_changes_the_id(people):
    """An older event of a new identifier becomes the earliest: a new id, and an alias."""
    people.given((5, {"user_id": "ana"}))
    people.resolve()
    people.publish()
    old = people.customer_ids()

    people.given((5, {"user_id": "ana"}), (1, {"user_id": "ana", "email": "a@shop.io"}))
    people.resolve(run_id="run-2")
    assert people.rows("customer_aliases", "*") == []

    people.given((5, {"user_id": "ana"}), (0, {"email": "a@shop.io"}), (7, _both()))
    people.resolve(run_id="run-2")

    new = people.customer_ids()
    assert people.rows("customer_aliases", "old_customer_id", "new_customer_id", "evidence") == [
        (old["ana"], new["a@shop.io"], "late data")
    ]


def test_a_split_keeps_the_id_with_the_earliest_identifier(people, tmp_path):
    """A 'never' rule parts two: the older part keeps the id, the other gets its own."""
    events = ((0, {"email": "a@shop.io"}), (1, {"email": "a@shop.io", "anonymous_id": "d"}))
    people.given(*events)
    people.resolve()
    people.publish()
    old = people.customer_ids()

    path = rules_file(tmp_path, ("never", "email", "a@shop.io", "anonymous_id", "d"))
    people.resolve(run_id="run-2", identity_rules_path=path)

    new = people.customer_ids()
    assert new["a@shop.io"] == old["a@shop.io"]
    assert people.rows(
        "customer_aliases", "old_customer_id", "new_customer_id", "evidence", "current_customer_id"
    ) == [(old["d"], new["d"], "split", old["d"])]


def test_aliases_lead_to_the_id_of_today(people, tmp_path):
    """d2 merges into d1, d1 into d0: both old ids lead to d0's; parted again, to themselves."""
    devices = [(i, {"anonymous_id": f"d{i}"}) for i in range(3)]
    people.given(*devices)
    people.resolve(run_id="run-1")
    people.publish()
    ids = people.customer_ids()

    people.given(*devices, (5, [("anonymous_id", "d1"), ("anonymous_id", "d2")]))
    people.resolve(run_id="run-2")
    people.publish()
    joined = (
        *devices,
        (5, [("anonymous_id", "d1"), ("anonymous_id", "d2")]),
        (6, [("anonymous_id", "d0"), ("anonymous_id", "d1")]),
    )
    people.given(*joined)
    people.resolve(run_id="run-3")
    people.publish()

    columns = ("run_id", "old_customer_id", "new_customer_id", "current_customer_id")
    assert people.rows("customer_aliases", *columns) == [
        ("run-2", ids["d2"], ids["d1"], ids["d0"]),
        ("run-3", ids["d1"], ids["d0"], ids["d0"]),
    ]

    path = rules_file(tmp_path, ("never", "anonymous_id", "d0", "anonymous_id", "d1"))
    people.resolve(run_id="run-4", identity_rules_path=path)

    assert people.rows("customer_aliases", *columns) == [
        ("run-2", ids["d2"], ids["d1"], ids["d1"]),
        ("run-3", ids["d1"], ids["d0"], ids["d1"]),
        ("run-4", ids["d0"], ids["d1"], ids["d0"]),
    ]


def test_the_state_is_a_plain_copy():
    """ops.<table> has the columns of identity.<table>, name by name and type by type."""
    from journeylab.warehouse import read_models

    for table in ("identifier_owners", "customer_aliases"):
        kept = read_models("ops")[f"ops.{table}"].columns
        made = read_models("identity")[f"identity.{table}"].columns
        assert [(c.name, c.type) for c in kept] == [(c.name, c.type) for c in made]


def test_the_audit_holds_no_raw_value(people):
    """Sizes, degrees and conflicts are told by keyed hashes."""
    people.given(
        (0, {"user_id": "secret-1", "email": "secret@shop.io"}),
        (1, {"user_id": "secret-2", "email": "secret@shop.io"}),
        (2, {"user_id": "0"}),
    )

    people.resolve()

    audit = people.rows("audit", "*")
    assert "secret" not in str(audit)
    assert ("customers_by_identifiers", "1", 1, 0.5) in audit
    assert ("customers_by_identifiers", "2", 1, 0.5) in audit
    assert ("conflicts", "", 1, None) in audit
    assert ("refused_identifiers", "placeholder", 1, None) in audit


def _both():
    return {"user_id": "ana", "email": "a@shop.io"}
