"""Rows that come in the shape of the event contract."""

from datetime import datetime
from decimal import Decimal

from journeylab.events import STAGED_COLUMNS

MODEL = "staging.any_contract"
NOON = datetime(2026, 3, 1, 12)


def test_two_columns_are_enough(staged):
    """The channel is the source's; identifiers are empty, nothing is made up."""
    staged.source("tills", "store")
    staged.raw(MODEL, {"occurred_at": NOON, "event_name": "visit"}, source="tills")

    staged.build(MODEL)

    row = staged.warehouse.frame(f"select * from {MODEL}").to_dicts()[0]
    assert {name: value for name, value in row.items() if value is not None} == {
        "delivery_key": 1,
        "row_number": 1,
        "source": "tills",
        "occurred_at": NOON,
        "channel": "store",
        "event_name": "visit",
        "identifiers": [],
    }


def test_identifiers_come_as_a_list_or_in_columns(staged):
    """The list wins; an empty list means nobody."""
    staged.source("tills", "store")
    ana = {"kind": "loyalty_card", "value": "7"}
    staged.raw(
        MODEL,
        {"occurred_at": NOON, "event_name": "x", "identifiers": [ana], "email": "b@shop.example"},
        {"occurred_at": NOON, "event_name": "x", "identifiers": [], "email": "b@shop.example"},
        {"occurred_at": NOON, "event_name": "x", "email": "b@shop.example", "phone": "+49"},
        source="tills",
    )

    assert staged.stage(MODEL, "identifiers") == [
        ([ana],),
        ([],),
        ([{"kind": "email", "value": "b@shop.example"}, {"kind": "phone", "value": "+49"}],),
    ]


def test_the_row_wins_over_the_settings(staged):
    """Channel and currency; columns the contract does not name join properties."""
    staged.source("tills", "store", currency="EUR")
    staged.raw(
        MODEL,
        {
            "occurred_at": NOON,
            "event_name": "sale",
            "channel": "kiosk",
            "value": Decimal("2.5"),
            "currency": "CHF",
            "properties": '{"till":3}',
            "extra": '{"till":1,"clerk":"x"}',
        },
        {"occurred_at": NOON, "event_name": "sale", "value": Decimal("2.5"), "extra": '{"a":1}'},
        source="tills",
    )

    assert staged.stage(MODEL, "channel", "currency", "properties") == [
        ("kiosk", "CHF", '{"clerk":"x","till":3}'),
        ("store", "EUR", '{"a":1}'),
    ]


def test_rows_that_cannot_be_events_say_why(staged):
    """Exactly 2000 and exactly 24 h ahead are still good."""
    staged.source("tills", "store")
    staged.raw(
        MODEL,
        {"occurred_at": None, "event_name": "x"},
        {"occurred_at": datetime(2000, 1, 1), "event_name": "x"},
        {"occurred_at": datetime(1999, 12, 31, 23, 59, 59, 999_999), "event_name": "x"},
        {"occurred_at": NOON, "received_at": datetime(2026, 2, 28, 12), "event_name": "x"},
        {"occurred_at": NOON, "received_at": datetime(2026, 2, 28, 11), "event_name": "x"},
        {"occurred_at": NOON, "event_name": ""},
        source="tills",
    )

    assert staged.stage(MODEL, "reject_code") == [
        ("missing_time",),
        (None,),
        ("before_2000",),
        (None,),
        ("in_the_future",),
        ("missing_name",),
    ]


def test_a_source_no_longer_in_the_settings_is_left_out(staged):
    """Its rows stay in the raw table, ready to come back."""
    staged.source("tills", "store")
    staged.raw(MODEL, {"occurred_at": NOON, "event_name": "x"}, source="gone")

    assert staged.stage(MODEL, "source") == []


def test_every_format_delivers_exactly_the_staged_columns(staged):
    """Names, order and types, as the header line 'columns: staged' promises; empty is fine."""
    expected = list(STAGED_COLUMNS.items())
    formats = [model for model in staged.models.values() if model.raw]

    for model in formats:
        staged.raw(model.name, source="none")
        staged.build(model.name)

        built = staged.warehouse.columns(model.name).items()
        assert [(name, kind.replace('"', "")) for name, kind in built] == expected, model.name
    assert len(formats) == 7
