"""Orders, one row per state change, in local time."""

from datetime import datetime
from decimal import Decimal

import pytest

MODEL = "staging.purchase_orders"


def order(created_at="2026-03-01 12:00:00", **told):
    return {"order_number": "1", "event": "completed", "created_at": created_at, **told}


def test_an_order_is_worth_its_subtotal(staged):
    """Tax and shipping are given apart, so they are left out of value and kept in properties."""
    staged.source("shop", "purchase", timezone="Europe/Berlin", currency="EUR")
    staged.raw(
        MODEL,
        order(
            order_number="1001",
            customer_id="u1",
            email="ana@shop.example",
            phone="+49301",
            subtotal="20.50",
            shipping="4.90",
            tax="3.90",
            updated_at="2026-03-01 12:30:00",
            event_id="o1",
        ),
        order(order_number="1002", event="refunded", subtotal="5", currency="USD"),
        source="shop",
    )

    rows = staged.stage(
        MODEL,
        "event_id",
        "occurred_at",
        "received_at",
        "channel",
        "event_name",
        "identifiers",
        "order_id",
        "value",
        "currency",
        "properties",
    )

    assert rows == [
        (
            "o1",
            datetime(2026, 3, 1, 11, 0),
            datetime(2026, 3, 1, 11, 30),
            "purchase",
            "completed",
            [
                {"kind": "user_id", "value": "u1"},
                {"kind": "email", "value": "ana@shop.example"},
                {"kind": "phone", "value": "+49301"},
            ],
            "1001",
            Decimal("20.5000"),
            "EUR",
            '{"shipping":"4.90","tax":"3.90"}',
        ),
        (
            None,
            datetime(2026, 3, 1, 11, 0),
            None,
            "purchase",
            "refunded",
            [],
            "1002",
            Decimal("5.0000"),
            "USD",
            "{}",
        ),
    ]


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        pytest.param("2026-07-01 12:00:00", datetime(2026, 7, 1, 10), id="summer"),
        pytest.param("2026-03-29 01:59:59", datetime(2026, 3, 29, 0, 59, 59), id="before the gap"),
        pytest.param("2026-03-29 02:30:00", datetime(2026, 3, 29, 1, 30), id="in the gap"),
        pytest.param("2026-03-29 03:00:00", datetime(2026, 3, 29, 1), id="after the gap"),
        pytest.param("2026-10-25 02:30:00", datetime(2026, 10, 25, 1, 30), id="the hour twice"),
        pytest.param("2026-03-01T12:00:00Z", datetime(2026, 3, 1, 12), id="says UTC"),
        pytest.param("2026-03-01 12:00:00+05:30", datetime(2026, 3, 1, 6, 30), id="own offset"),
        pytest.param("2026-03-01", datetime(2026, 2, 28, 23), id="a day"),
    ],
)
def test_local_time_is_read_in_the_zone_of_the_source(staged, local, utc):
    """A skipped hour is read as if clocks had not changed, a doubled one as the second."""
    staged.source("shop", "purchase", timezone="Europe/Berlin")
    staged.raw(MODEL, order(local), source="shop")

    assert staged.stage(MODEL, "occurred_at", "reject_code") == [(utc, None)]


@pytest.mark.parametrize(
    ("time_format", "text", "read"),
    [
        pytest.param("%d/%m/%Y %H:%M", "1/12/2026 08:26", datetime(2026, 12, 1, 8, 26), id="day"),
        pytest.param("%m/%d/%y", "12/01/26", datetime(2026, 12, 1), id="month first, no time"),
        pytest.param("%d.%m.%Y %H:%M:%S", "31.2.2026 08:26:00", None, id="no such day"),
        pytest.param("%d/%m/%Y", "2026-12-01", None, id="another order"),
        pytest.param("%d/%m/%Y", "soon", None, id="words"),
    ],
)
def test_a_told_format_gives_the_order_of_the_numbers(staged, time_format, text, read):
    """A stamp that does not fit is rejected, never guessed."""
    staged.source("shop", "purchase", time_format=time_format)
    staged.raw(MODEL, order(text), source="shop")

    code = None if read else "bad_time"
    assert staged.stage(MODEL, "occurred_at", "reject_code") == [(read, code)]


def test_rows_that_cannot_be_events_say_why(staged):
    """A comma is no decimal point; an empty subtotal is no value, not a fault."""
    staged.source("shop", "purchase")
    staged.raw(
        MODEL,
        order(None),
        order("soon"),
        order("1999-12-31 23:59:59"),
        order("2026-03-03 12:00:01", updated_at="2026-03-02 12:00:00"),
        order(event=None),
        order(subtotal="12,50"),
        order(subtotal=""),
        source="shop",
    )

    assert staged.stage(MODEL, "reject_code", "reject_reason", "value") == [
        ("missing_time", "created_at is empty", None),
        ("bad_time", "created_at 'soon' is no date and time", None),
        ("before_2000", "created_at is 1999-12-31 23:59:59", None),
        (
            "in_the_future",
            "created_at 2026-03-03 12:00:01 lies more than 24 h after updated_at",
            None,
        ),
        ("missing_name", "event is empty", None),
        ("bad_value", "subtotal '12,50' is no amount", None),
        (None, None, None),
    ]
