"""Invoice lines of the shape of UCI Online Retail."""

from datetime import datetime
from decimal import Decimal

MODEL = "staging.purchase_order_lines"


def line(invoice="536365", stock="85123A", quantity="6", price="2.55", **told):
    return {
        "InvoiceNo": invoice,
        "StockCode": stock,
        "Description": "LANTERN",
        "Quantity": quantity,
        "InvoiceDate": "2010-12-01 08:26:00",
        "UnitPrice": price,
        "CustomerID": "17850",
        "Country": "United Kingdom",
        **told,
    }


def test_a_line_is_worth_its_pieces_times_their_price(staged):
    """A missing customer gives no identifier; time is the shop's."""
    staged.source("retail", "purchase", timezone="Europe/London", currency="GBP")
    staged.raw(
        MODEL,
        line(),
        line(CustomerID=None, InvoiceDate="2011-07-01 09:00:00", Country="EIRE"),
        source="retail",
    )

    rows = staged.stage(
        MODEL,
        "event_id",
        "occurred_at",
        "event_name",
        "identifiers",
        "order_id",
        "value",
        "currency",
        "country",
        "properties",
    )

    told = '{"stock_code":"85123A","description":"LANTERN","quantity":6,"unit_price":2.55}'
    value = Decimal("15.3000")
    assert rows == [
        (
            None,
            datetime(2010, 12, 1, 8, 26),
            "completed",
            [{"kind": "user_id", "value": "17850"}],
            "536365",
            value,
            "GBP",
            "United Kingdom",
            told,
        ),
        (
            None,
            datetime(2011, 7, 1, 8, 0),
            "completed",
            [],
            "536365",
            value,
            "GBP",
            "EIRE",
            told,
        ),
    ]


def test_the_invoice_number_tells_orders_from_cancellations_and_adjustments(staged):
    """Postage is shipping given apart, so it adds nothing; pieces booked out are no order."""
    staged.source("retail", "purchase")
    staged.raw(
        MODEL,
        line("C536379", "D", "-1", "27.5"),
        line("536370", "POST", "3", "18"),
        line("A563185", "B", "1", "11062.06"),
        line("536589", "21777", "-10", "0", CustomerID=None),
        source="retail",
    )

    assert staged.stage(MODEL, "event_name", "order_id", "value") == [
        ("cancelled", "C536379", Decimal("-27.5000")),
        ("completed", "536370", Decimal("0.0000")),
        ("adjusted", "A563185", Decimal("11062.0600")),
        ("adjusted", "536589", Decimal("0.0000")),
    ]


def test_lines_that_cannot_be_events_say_why(staged):
    """Each reason once; the day-first dates of the original export need time_format."""
    staged.source("retail", "purchase")
    staged.source("excel", "purchase", time_format="%d/%m/%Y %H:%M")
    staged.raw(
        MODEL,
        line(InvoiceDate=None),
        line(InvoiceDate="13/12/2010 08:26"),
        line(InvoiceDate="1970-01-01 00:00:00"),
        line(invoice=None),
        line(quantity="six"),
        line(price=None),
        source="retail",
    )
    staged.raw(MODEL, line(InvoiceDate="13/12/2010 08:26"), source="excel", delivery_key=2)

    rows = staged.stage(MODEL, "reject_code", "reject_reason", order_by="delivery_key, row_number")

    assert rows == [
        ("missing_time", "InvoiceDate is empty"),
        ("bad_time", "InvoiceDate '13/12/2010 08:26' is no date and time"),
        ("before_2000", "InvoiceDate is 1970-01-01 00:00:00"),
        ("missing_order", "InvoiceNo is empty"),
        ("bad_value", "Quantity 'six' times UnitPrice '2.55' is no amount"),
        ("bad_value", "Quantity '6' times UnitPrice '' is no amount"),
        (None, None),
    ]
