"""What holds for identity on any events."""

from hypothesis import given, settings
from hypothesis import strategies as st

from people import People

KINDS = {"user_id": 3, "email": 4, "anonymous_id": 6}
IDENTIFIER = st.sampled_from(
    [(kind, f"{kind[0]}{number}") for kind, count in KINDS.items() for number in range(count)]
)
EVENTS = st.lists(
    st.tuples(st.integers(0, 20), st.lists(IDENTIFIER, max_size=3, unique=True)), max_size=25
)


@given(EVENTS)
@settings(max_examples=8, deadline=None)
def test_without_exclusive_kinds_customers_are_components(events):
    """Whoever is reached over common events is one customer, as a naive search finds it."""
    people = People()
    people.given(*events)

    people.resolve(exclusive_kinds=[])

    assert sorted(sorted(group) for group in people.groups()) == searched(events)
    assert people.rows("conflicts", "*") == []


@given(EVENTS, st.integers(0, 1000))
@settings(max_examples=8, deadline=None)
def test_the_order_of_rows_does_not_matter(events, seed):
    """Customers, ids, conflicts and every event's customer come out equal from shuffled rows."""
    people = People()
    people.given(*events)
    people.resolve()
    tables = ("customers", "conflicts", "event_customers", "shared_devices", "audit")
    first = [people.rows(table, "*") for table in tables]

    people.warehouse.execute(
        "create or replace table staging.events as from staging.events"
        " order by hash(event_id || $seed::varchar), event_id",
        {"seed": seed},
    )
    people.resolve()

    assert [people.rows(table, "*") for table in tables] == first


@given(EVENTS)
@settings(max_examples=8, deadline=None)
def test_every_event_with_an_identifier_has_one_customer(events):
    """And one with a user_id is that user's; no customer has two users."""
    people = People()
    people.given(*events)

    checks = people.resolve(max_shared_device_share=1)

    owners = people.owners()
    assert [owner is None for owner in owners] == [not told for _, told in events]
    homes = {value: group[0] for group in people.groups() for value in group}
    for (_, told), owner in zip(events, owners, strict=True):
        users = [value for kind, value in told if kind == "user_id"]
        assert not users or owner in {homes[user] for user in users}
    assert all(sum(v.startswith("u") for v in group) <= 1 for group in people.groups())
    assert [check.check for check in checks if not check.passed] == []


def searched(events):
    """Sorted values of each component, by search along common events."""
    groups = []
    for _, told in events:
        values = {value for _, value in told}
        touched = [group for group in groups if group & values]
        groups = [group for group in groups if not group & values]
        if values:
            groups.append(values.union(*touched))
    return sorted(sorted(group) for group in groups)
