"""Web events in the shape of the GA4 export."""

from datetime import datetime
from decimal import Decimal

MODEL = "staging.web_ga4"
MARCH_1 = 1_772_359_200_000_000  # 2026-03-01 10:00:00 UTC in microseconds


def text(key, value):
    return {"key": key, "value": {"string_value": value}}


def number(key, value):
    return {"key": key, "value": {"int_value": value}}


def test_an_event_keeps_page_device_campaign_and_both_identifiers(staged):
    """Parameters with a column of their own leave properties; numbers stay numbers."""
    staged.source("shop_web")
    staged.raw(
        MODEL,
        {
            "event_date": "20260301",
            "event_timestamp": MARCH_1 + 5,
            "event_name": "view_item",
            "event_params": [
                text("page_location", "https://shop.example/product/7?x=1"),
                text("page_referrer", "https://search.example/"),
                number("ga_session_id", 77),
                text("plan", 'pro "x"'),
            ],
            "event_bundle_sequence_id": 3,
            "user_id": "u1",
            "user_pseudo_id": "p1",
            "device": {"category": "mobile", "web_info": {"browser": "Chrome"}},
            "geo": {"country": "Germany"},
            "collected_traffic_source": {
                "manual_source": "news",
                "manual_medium": "email",
                "manual_campaign_name": "spring",
            },
            "event_server_received_timestamp": MARCH_1 + 1_000_000,
            "extra": '{"platform": "WEB"}',
        },
        source="shop_web",
    )

    rows = staged.stage(
        MODEL,
        "source",
        "event_id",
        "occurred_at",
        "received_at",
        "source_sequence",
        "channel",
        "event_name",
        "identifiers",
        "url",
        "referrer",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "device",
        "country",
        "is_bot",
        "properties",
        "reject_code",
    )

    assert rows == [
        (
            "shop_web",
            None,
            datetime(2026, 3, 1, 10, 0, 0, 5),
            datetime(2026, 3, 1, 10, 0, 1),
            3,
            "web",
            "view_item",
            [{"kind": "user_id", "value": "u1"}, {"kind": "anonymous_id", "value": "p1"}],
            "https://shop.example/product/7?x=1",
            "https://search.example/",
            "news",
            "email",
            "spring",
            "mobile",
            "Germany",
            False,
            '{"platform":"WEB","ga_session_id":77,"plan":"pro \\"x\\"",'
            '"event_bundle_sequence_id":3}',
            None,
        )
    ]


def test_a_purchase_carries_its_order_and_value(staged):
    """The currency is the parameter's, else the source's; without a value there is none."""
    staged.source("shop_web", currency="EUR")
    order = {"transaction_id": "1001", "purchase_revenue": 19.9}
    staged.raw(
        MODEL,
        {"event_timestamp": MARCH_1, "event_name": "purchase", "ecommerce": order},
        {
            "event_timestamp": MARCH_1,
            "event_name": "purchase",
            "ecommerce": order,
            "event_params": [text("currency", "USD")],
        },
        {"event_timestamp": MARCH_1, "event_name": "page_view"},
        source="shop_web",
    )

    assert staged.stage(MODEL, "order_id", "value", "currency", "identifiers") == [
        ("1001", Decimal("19.9000"), "EUR", []),
        ("1001", Decimal("19.9000"), "USD", []),
        (None, None, None, []),
    ]


def test_a_browser_that_says_it_is_a_program_is_a_bot(staged):
    """The browser's name decides, in any case; without one it is not known."""
    staged.source("shop_web")
    browsers = ["Googlebot", "HeadlessChrome", "Safari", None]
    staged.raw(
        MODEL,
        *(
            {"event_timestamp": MARCH_1, "event_name": "x", "device": {"web_info": {"browser": b}}}
            for b in browsers
        ),
        source="shop_web",
    )

    assert staged.stage(MODEL, "is_bot") == [(True,), (True,), (False,), (None,)]


def test_rows_that_cannot_be_events_say_why(staged):
    """Seconds in a field of microseconds are 1970; 24 h ahead of the server's clock is allowed."""
    staged.source("shop_web")
    day = 86_400_000_000
    staged.raw(
        MODEL,
        {"event_timestamp": None, "event_name": "x"},
        {"event_timestamp": MARCH_1 // 1_000_000, "event_name": "x"},
        {
            "event_timestamp": MARCH_1 + day,
            "event_server_received_timestamp": MARCH_1,
            "event_name": "x",
        },
        {
            "event_timestamp": MARCH_1 + day + 1,
            "event_server_received_timestamp": MARCH_1,
            "event_name": "x",
        },
        {"event_timestamp": MARCH_1, "event_name": None},
        source="shop_web",
    )

    rows = staged.stage(MODEL, "reject_code", "raw_text is not null")

    assert rows == [
        ("missing_time", True),
        ("before_2000", True),
        (None, False),
        ("in_the_future", True),
        ("missing_name", True),
    ]
    assert staged.rows(MODEL, "reject_reason", order_by="row_number")[1] == (
        "event_timestamp 1772359200 is 1970-01-01 00:29:32.3592; microseconds are wanted",
    )


def test_consent_is_the_answer_to_storing_for_analytics(staged):
    """Yes and No; unset and nothing are not known."""
    staged.source("shop_web")
    answers = ["Yes", "No", "Unset", None]
    told = {"event_timestamp": MARCH_1, "event_name": "view_item"}
    staged.raw(
        MODEL,
        *({**told, "privacy_info": {"analytics_storage": answer}} for answer in answers),
        told,
        source="shop_web",
    )

    consents = [consent for (consent,) in staged.stage(MODEL, "consent")]

    assert consents == ["granted", "denied", None, None, None]
