"""The events are a function of what was delivered, not of how it arrived."""

from datetime import datetime, timedelta
from decimal import Decimal

from deliveries_by_hand import Staged
from hypothesis import given, settings
from hypothesis import strategies as st

from journeylab.warehouse import memory

FORMAT = "staging.any_contract"
NOON = datetime(2026, 3, 1, 12)
ALL_BUT_KEYS = (
    "event_key, event_id, source, occurred_at, sent_at, received_at, source_sequence, channel,"
    " event_name, identifiers, order_id, value, currency, url, properties"
)

rows = st.fixed_dictionaries(
    {
        "event_id": st.sampled_from([None, "1", "2"]),
        "occurred_at": st.sampled_from([NOON, NOON + timedelta(minutes=1)]),
        "received_at": st.sampled_from([None, NOON, NOON + timedelta(hours=1)]),
        "source_sequence": st.sampled_from([None, 1, 2]),
        "event_name": st.sampled_from(["completed", "cancelled"]),
        "user_id": st.sampled_from([None, "u1"]),
        "order_id": st.sampled_from([None, "7"]),
        "value": st.sampled_from([None, Decimal("1.5"), Decimal("2")]),
        "currency": st.sampled_from([None, "EUR", "USD"]),
    }
)


def settled(deliveries):
    """Events and counts of deliveries of one source of purchases."""
    with memory(threads=1) as warehouse:
        staged = Staged(warehouse)
        staged.source("shop", "purchase")
        for key, delivered in enumerate(deliveries, start=1):
            staged.raw(FORMAT, *delivered, source="shop", delivery_key=key)
        assert staged.settle(FORMAT) == []
        return staged.rows("staging.events", ALL_BUT_KEYS)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(delivered=st.lists(rows, min_size=1, max_size=6), data=st.data())
def test_shuffled_split_and_repeated_deliveries_give_the_same_events(delivered, data):
    """Row by row, whichever file a row came in, and however often."""
    shuffled = data.draw(st.permutations(delivered))
    cut = data.draw(st.integers(0, len(delivered)))

    assert settled([shuffled[:cut], shuffled[cut:], delivered]) == settled([delivered])
