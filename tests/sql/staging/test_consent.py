"""Consent: a refused row is counted and used nowhere, whatever else was said of its event."""

from datetime import datetime, timedelta

import pytest

from journeylab.pipeline import LAYERS
from journeylab.settings import Settings
from journeylab.warehouse import read_models

FORMAT = "staging.any_contract"
NOON = datetime(2026, 3, 1, 12)
COUNTS = ("rows_in", "events", "duplicates", "consent_refused_rows")


def row(minute=0, event_id=None, consent=None, received=None, **told):
    return {
        "event_id": event_id,
        "occurred_at": NOON + timedelta(minutes=minute),
        "received_at": None if received is None else NOON + timedelta(minutes=received),
        "event_name": "view",
        "consent": consent,
        **told,
    }


def test_refused_rows_are_counted_and_make_no_event(staged):
    """Case and outer blanks do not matter; no word and an unknown one are no refusal."""
    staged.source("shop")
    words = ["denied", " Denied ", "NO", None, "granted", "nobody asked"]
    staged.raw(FORMAT, *(row(n, str(n), word) for n, word in enumerate(words)), source="shop")

    assert staged.settle(FORMAT) == []

    assert staged.rows("staging.events", "event_id", "consent") == [
        ("shop:3", None),
        ("shop:4", "granted"),
        ("shop:5", "nobody asked"),
    ]
    assert staged.rows("staging.row_counts", *COUNTS) == [(6, 3, 0, 3)]


@pytest.mark.parametrize("own_id", ["1", None])
@pytest.mark.parametrize(
    ("first", "second", "events"),
    [
        pytest.param(("granted", 1), ("denied", 2), 0, id="taken back"),
        pytest.param(("denied", 1), ("granted", 2), 1, id="given later"),
        pytest.param(("granted", 1), ("denied", 1), 0, id="both at once"),
        pytest.param((None, None), ("denied", None), 0, id="nobody knows when"),
    ],
)
def test_the_last_word_on_an_event_counts(staged, own_id, first, second, events):
    """In either order of arrival, with an id of its own or without."""
    for key, versions in ((1, (first, second)), (2, (second, first))):
        staged.source(f"s{key}")
        rows = [row(0, own_id, consent, received) for consent, received in versions]
        staged.raw(FORMAT, *rows, source=f"s{key}", delivery_key=key)

    assert staged.settle(FORMAT) == []

    counted = staged.rows("staging.row_counts", *COUNTS)
    assert counted == [(2, events, 1, 1 - events)] * 2


def test_which_of_two_consents_is_told_does_not_depend_on_arrival(staged):
    """The lesser word of equal rows received at once."""
    for key, words in ((1, ("granted", "asked")), (2, ("asked", "granted"))):
        staged.source(f"s{key}")
        staged.raw(FORMAT, *(row(0, None, w) for w in words), source=f"s{key}", delivery_key=key)

    staged.settle(FORMAT)

    assert staged.rows("staging.events", "consent") == [("asked",), ("asked",)]


def test_a_refused_line_adds_nothing_to_its_order(staged):
    """Neither its value nor its identifiers."""
    staged.source("shop", "purchase", currency="EUR")
    order = {"event_name": "completed", "order_id": "7", "value": 5}
    staged.raw(
        FORMAT,
        {**row(0, "1", "denied", user_id="u1"), **order},
        {**row(1, "2", user_id="u2"), **order},
        {**row(2, "3", "no", user_id="u3"), **order, "order_id": "8"},
        source="shop",
    )

    assert staged.settle(FORMAT) == []

    assert staged.rows("staging.events", "event_id", "value", "identifiers") == [
        ("order:7", 5, [{"kind": "user_id", "value": "u2"}])
    ]
    assert staged.rows("staging.row_counts", *COUNTS, "merged_rows") == [(3, 1, 0, 2, 0)]


def test_a_refused_row_after_as_of_waits_like_any_other(staged):
    """Each row has one fate."""
    staged.source("shop")
    staged.raw(FORMAT, row(0, "1"), row(99, "2", "denied"), source="shop")

    assert staged.settle(FORMAT, as_of=NOON) == []

    assert staged.rows("staging.row_counts", *COUNTS, "waiting_rows") == [(2, 1, 0, 0, 1)]


def test_nothing_after_staging_sees_a_row_before_its_consent_is_judged():
    """Of staging other layers read events and the tables of counts; so do the checks."""
    judged = {"staging.events", "staging.row_counts", "staging.rejected_events"}
    layers = [layer for layer in LAYERS if layer != "staging"]

    models = [model for layer in layers for model in read_models(layer).values()]

    read = {name for model in models for name in model.reads if name.startswith(("staging", "raw"))}
    assert read <= judged
    assert not [model.name for model in models if "staging_tables" in model.params]


def test_the_words_of_refusal_are_a_setting():
    """The default knows the common ones."""
    words = Settings().privacy.refused_consent

    assert {"denied", "refused", "no", "opt_out", "withdrawn"} <= set(words)
