"""One order is one event per order id, over all files and sources."""

from datetime import datetime, timedelta
from decimal import Decimal

FORMAT = "staging.any_contract"
NOON = datetime(2026, 3, 1, 12)


def line(order_id, value, minute=0, name="completed", currency="EUR", **told):
    return {
        "occurred_at": NOON + timedelta(minutes=minute),
        "event_name": name,
        "order_id": order_id,
        "value": None if value is None else Decimal(value),
        "currency": currency,
        **told,
    }


def orders(staged):
    return staged.rows(
        "staging.events", "event_id", "source", "occurred_at", "value", "currency", "event_name"
    )


def test_lines_over_two_files_and_two_sources_are_one_order(staged):
    """Earliest instant, sum of values; the rest is the earliest row's, identifiers are all."""
    staged.source("till", "purchase")
    staged.source("web_shop", "purchase")
    staged.raw(FORMAT, line("7", "10.50", 3, country="DE", user_id="u1"), source="till")
    staged.raw(FORMAT, line("7", "2", 5, country="FR"), source="till", delivery_key=2)
    staged.raw(
        FORMAT,
        line("7", "1.25", 1, country="AT", email="a@shop.example"),
        source="web_shop",
        delivery_key=3,
    )

    assert staged.settle(FORMAT) == []

    first = NOON + timedelta(minutes=1)
    assert orders(staged) == [
        ("order:7", "web_shop", first, Decimal("13.7500"), "EUR", "completed")
    ]
    assert staged.rows("staging.events", "country", "identifiers", "delivery_key") == [
        (
            "AT",
            [{"kind": "email", "value": "a@shop.example"}, {"kind": "user_id", "value": "u1"}],
            3,
        )
    ]
    assert staged.rows(
        "staging.row_counts", "source", "rows_in", "events", "merged_rows", "duplicates"
    ) == [("till", 2, 0, 2, 0), ("web_shop", 1, 1, 0, 0)]


def test_duplicate_lines_are_dropped_before_they_are_summed(staged):
    """Identical lines in one invoice are one, unless the source says they are events."""
    staged.source("till", "purchase")
    staged.source("log", "purchase", identical_rows="events")
    for key, source, order_id in ((1, "till", "1"), (2, "till", "1"), (3, "log", "2")):
        lines = [line(order_id, "5"), line(order_id, "5")]
        staged.raw(FORMAT, *lines, source=source, delivery_key=key)

    staged.settle(FORMAT)

    assert staged.rows("staging.events", "event_id", "value") == [
        ("order:1", Decimal("5.0000")),
        ("order:2", Decimal("10.0000")),
    ]


def test_an_order_with_its_own_event_id_is_known_by_its_order(staged):
    """The later version of the row replaces the earlier before orders are merged."""
    staged.source("shop", "purchase")
    staged.raw(
        FORMAT,
        line("1", "20", event_id="e1", received_at=NOON),
        line("1", "25", event_id="e1", received_at=NOON + timedelta(hours=1)),
        source="shop",
    )

    staged.settle(FORMAT)

    assert staged.rows("staging.events", "event_id", "value") == [("order:1", Decimal("25.0000"))]


def test_cancelled_lines_merge_and_state_changes_with_an_id_stay_apart(staged):
    """Two refunds of one order with their own ids are two events."""
    staged.source("shop", "purchase")
    staged.raw(
        FORMAT,
        line("1", "-5", 1, "cancelled"),
        line("1", "-6", 2, "cancelled"),
        line("1", "7", 3, "refunded", event_id="r1"),
        line("1", "8", 4, "refunded", event_id="r2"),
        line(None, "9", 5, "completed", event_id="c1"),
        source="shop",
    )

    staged.settle(FORMAT)

    assert staged.rows("staging.events", "event_id", "value", order_by="event_key") == [
        ("order:1:cancelled", Decimal("-11.0000")),
        ("shop:r1", Decimal("7.0000")),
        ("shop:r2", Decimal("8.0000")),
        ("shop:c1", Decimal("9.0000")),
    ]


def test_only_purchases_merge(staged):
    """A web page that names the order is an event of its own."""
    staged.source("web", "web")
    staged.source("shop", "purchase")
    staged.raw(FORMAT, line("1", "20", event_id="w1"), source="web")
    staged.raw(FORMAT, line("1", "20"), source="shop", delivery_key=2)

    staged.settle(FORMAT)

    assert staged.rows("staging.events", "event_id") == [("order:1",), ("web:w1",)]


def test_several_currencies_have_no_sum(staged):
    """A line without a currency counts in the order's only one; no values, no value."""
    staged.source("shop", "purchase")
    staged.raw(
        FORMAT,
        line("mixed", "5", currency="EUR"),
        line("mixed", "6", currency="USD"),
        line("part", "5", currency="EUR"),
        line("part", "6", currency=None),
        line("none", "5", currency=None),
        line("none", "6", currency=None),
        line("free", None, currency=None),
        line("free", None, 1, currency=None),
        source="shop",
    )

    staged.settle(FORMAT)

    assert staged.rows("staging.events", "event_id", "value", "currency") == [
        ("order:free", None, None),
        ("order:mixed", None, None),
        ("order:none", Decimal("11.0000"), None),
        ("order:part", Decimal("11.0000"), "EUR"),
    ]


def test_properties_of_lines_are_no_properties_of_the_order(staged):
    """What all rows agree on stays, so does everything of an order of one row."""
    staged.source("shop", "purchase")
    staged.raw(
        FORMAT,
        line("1", "5", properties='{"article":"a"}'),
        line("1", "6", properties='{"article":"b"}'),
        line("2", "5", properties='{"till":3}'),
        line("2", "6", properties='{"till":3}'),
        line("3", "6", properties='{"article":"a"}'),
        source="shop",
    )

    staged.settle(FORMAT)

    assert staged.rows("staging.events", "event_id", "properties") == [
        ("order:1", None),
        ("order:2", '{"till":3}'),
        ("order:3", '{"article":"a"}'),
    ]


def test_lines_after_as_of_are_not_summed_yet(staged):
    """A run as of noon knows the order as it was at noon."""
    staged.source("shop", "purchase")
    staged.raw(FORMAT, line("1", "5"), line("1", "6", 1), source="shop")

    staged.settle(FORMAT, as_of=NOON)

    assert staged.rows("staging.events", "value") == [(Decimal("5.0000"),)]
    assert staged.rows("staging.row_counts", "waiting_rows", "merged_rows") == [(1, 0)]
