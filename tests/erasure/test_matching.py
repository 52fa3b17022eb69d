"""Tombstones are matched as identity reads identifiers, and junk is never one."""

import polars as pl

from journeylab.erasure.eraser import Eraser
from journeylab.erasure.matching import hashed, words, words_of
from journeylab.identity import keyed_hash
from people import shop_params

KEY = b"the key of tombstones"
EMAIL = keyed_hash(KEY, "email", "ana@shop.io")


def spelled(*pairs: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema=["kind", "spelling"], orient="row")


def test_spellings_are_normalised_before_they_are_hashed():
    """Blanks and capitals of an e-mail, brackets of a number; a user id keeps its case."""
    told = hashed(
        spelled(("email", " Ana@Shop.io "), ("phone", "+49 (0) 30 123"), ("user_id", "Ana")),
        params=shop_params(),
        hash_key=KEY,
    )

    assert told.rows() == [
        ("email", " Ana@Shop.io ", "ana@shop.io", EMAIL),
        ("phone", "+49 (0) 30 123", "+4930123", keyed_hash(KEY, "phone", "+4930123")),
        ("user_id", "Ana", "Ana", keyed_hash(KEY, "user_id", "Ana")),
    ]


def test_junk_is_no_identifier():
    """Or a tombstone of 'null' would erase everybody without an id."""
    told = hashed(
        spelled(("user_id", "null"), ("phone", "none at all"), ("email", "info@shop.io")),
        params=shop_params(),
        hash_key=KEY,
    )

    assert told.is_empty()


def test_words_of_unreadable_records_are_tried_as_every_kind():
    """Quotes, brackets and links fall away; words of three signs say too little."""
    text = '{"to": "mailto:ana@shop.io?x=1", "id": 123, "u": "u-77"'

    assert words_of(text) >= {"ana@shop.io", "u-77"}
    assert "123" not in words_of(text)
    assert words([text], ["email", "user_id"]).filter(spelling="u-77").rows() == [
        ("email", "u-77"),
        ("user_id", "u-77"),
    ]


def test_only_the_buried_match():
    """By the key of the tombstones alone."""
    eraser = Eraser(frozenset({EMAIL}), shop_params(), KEY, ("email",))
    other = Eraser(frozenset({EMAIL}), shop_params(), b"another key", ("email",))
    told = spelled(("email", "ANA@shop.io"), ("email", "ben@shop.io"), ("user_id", "ana@shop.io"))

    assert eraser.matched(told).rows() == [("email", "ANA@shop.io")]
    assert other.matched(told).is_empty()
