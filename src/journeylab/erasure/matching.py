"""Spellings of identifiers -> the keyed hashes of what they mean. Uses the models of identity."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import polars as pl

from journeylab.identity import hash_pads
from journeylab.warehouse import build, ensure, memory, read_models

SCHEMA: Final = {"kind": pl.String, "spelling": pl.String}

_MODELS: Final = ("identity.spellings", "identity.known_identifiers")
#: What may be an identifier in a record that could not be read.
_WORD: Final = re.compile(r"[^\s\"'<>,;|(){}\[\]=&?]+")
#: A shorter word says too little: it stands in records of others too.
_SHORTEST_CHARACTERS: Final = 4


def hashed(spellings: pl.DataFrame, *, params: Mapping[str, Any], hash_key: bytes) -> pl.DataFrame:
    """Normalise identifiers as identity does, and hash them with a key.

    Args:
        spellings: ``kind`` and ``spelling``, as delivered.
        params: those of the identity models.
        hash_key: the secret.

    Returns:
        Per distinct (kind, spelling), sorted so: ``value``, normalised, and
        ``identifier_hash``. Junk, which identifies nobody, is left out.
    """
    with memory() as apart:
        rules = read_models("config")["config.identity_rules"]
        ensure(apart, rules.name, rules.columns)
        apart.execute("create schema identity")
        with apart.given(
            "given_spellings", spellings.select(pl.col("kind", "spelling").cast(pl.String))
        ):
            apart.execute(
                "create table identity.signatures as"
                " select row_number() over () as signature_key,"
                " [{'kind': kind, 'value': spelling}] as identifiers, 1::bigint as events,"
                " timestamp '2000-01-01' as first_seen_at, timestamp '2000-01-01' as last_seen_at"
                " from given_spellings"
            )
        bound = {**params, **hash_pads(hash_key)}
        for name in _MODELS:
            build(apart, read_models("identity")[name], bound)
        return apart.frame(
            "select kind, spelling, value, identifier_hash from identity.spellings"
            " inner join identity.known_identifiers using (kind, value)"
            " where known_identifiers.junk_code is null order by kind, spelling"
        )


def words(texts: Iterable[str], kinds: Iterable[str]) -> pl.DataFrame:
    """Every word of the texts as an identifier of every kind, for records nobody could read.

    Returns:
        Distinct ``kind`` and ``spelling``, sorted; words of fewer than 4 signs are left out.
    """
    found = sorted({word for text in texts for word in words_of(text)})
    return pl.DataFrame(
        [(kind, word) for kind in kinds for word in found], schema=SCHEMA, orient="row"
    )


def words_of(text: str) -> set[str]:
    """The words of one text that may be identifiers; of 'mailto:a@b.c' also the part behind ':'."""
    found = {word for word in _WORD.findall(text) if len(word) >= _SHORTEST_CHARACTERS}
    parts = {part for word in found for part in re.split(r"[:/\\]", word)}
    return found | {part for part in parts if len(part) >= _SHORTEST_CHARACTERS}
