"""E-mail events in the shape of a webhook."""

from datetime import datetime

MODEL = "staging.email_webhook"


def test_a_click_names_the_address_and_the_device_it_landed_on(staged):
    """The network address is not passed on; what has no column is in properties."""
    staged.source("mail", "email")
    staged.raw(
        MODEL,
        {
            "email": "ana@shop.example",
            "timestamp": "1772359200",
            "event": "click",
            "sg_event_id": "e1",
            "sg_message_id": "m1",
            "url": "https://shop.example/?utm_source=news",
            "useragent": "Mozilla/5.0",
            "ip": "192.0.2.1",
            "category": '["news"]',
            "campaign": "spring",
            "anonymous_id": "p1",
        },
        {
            "email": "ana@shop.example",
            "timestamp": "1772359100",
            "event": "delivered",
            "sg_event_id": "e0",
        },
        source="mail",
    )

    rows = staged.stage(
        MODEL,
        "event_id",
        "occurred_at",
        "channel",
        "event_name",
        "actor",
        "identifiers",
        "url",
        "utm_campaign",
        "is_bot",
        "properties",
    )

    assert rows == [
        (
            "e1",
            datetime(2026, 3, 1, 10, 0),
            "email",
            "click",
            "customer",
            [
                {"kind": "email", "value": "ana@shop.example"},
                {"kind": "anonymous_id", "value": "p1"},
            ],
            "https://shop.example/?utm_source=news",
            "spring",
            False,
            '{"message_id":"m1","category":["news"],"user_agent":"Mozilla/5.0"}',
        ),
        (
            "e0",
            datetime(2026, 3, 1, 9, 58, 20),
            "email",
            "delivered",
            "system",
            [{"kind": "email", "value": "ana@shop.example"}],
            None,
            None,
            None,
            "{}",
        ),
    ]


def test_epochs_in_seconds_milliseconds_and_microseconds_are_one_instant(staged):
    """Size tells them apart; fractions of a second are kept to the microsecond."""
    staged.source("mail", "email")
    stamps = ["1772359200", "1772359200000", "1772359200000000", "1772359200.25", "1.7723592e9"]
    staged.raw(MODEL, *({"timestamp": t, "event": "open"} for t in stamps), source="mail")

    assert staged.stage(MODEL, "occurred_at") == [
        (datetime(2026, 3, 1, 10, 0),),
        (datetime(2026, 3, 1, 10, 0),),
        (datetime(2026, 3, 1, 10, 0),),
        (datetime(2026, 3, 1, 10, 0, 0, 250_000),),
        (datetime(2026, 3, 1, 10, 0),),
    ]


def test_bad_stamps_are_rejected_with_the_value(staged):
    """No stamp, a word, nan, 1970, 2100, a number beyond any calendar, and no event name."""
    staged.source("mail", "email")
    stamps = [None, "", "yesterday", "nan", "86400", "4102531201", "9" * 19]
    staged.raw(
        MODEL,
        *({"timestamp": stamp, "event": "open"} for stamp in stamps),
        {"timestamp": "1772359200", "event": None},
        source="mail",
    )

    assert staged.stage(MODEL, "reject_code") == [
        ("missing_time",),
        ("missing_time",),
        ("bad_time",),
        ("bad_time",),
        ("before_2000",),
        ("in_the_future",),
        ("bad_time",),
        ("missing_name",),
    ]
    assert staged.rows(MODEL, "reject_reason", "raw_text", order_by="row_number")[2] == (
        "timestamp 'yesterday' is no epoch number",
        '{"source":"mail","delivery_key":1,"row_number":3,"email":null,"timestamp":"yesterday",'
        '"event":"open","sg_event_id":null,"sg_message_id":null,"url":null,"useragent":null,'
        '"ip":null,"category":null,"campaign":null,"anonymous_id":null,"extra":null}',
    )
