"""Tombstones and delivered rows -> the rows of the forgotten, erased. Knows no raw value."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from journeylab.erasure.landed import rewrite
from journeylab.erasure.matching import hashed, words, words_of
from journeylab.intake.job import Job
from journeylab.warehouse import Model, Warehouse
from journeylab.warehouse.connection import quoted


@dataclass(frozen=True, slots=True)
class Erased:
    """What was taken out of one delivery: record numbers of loaded and of rejected rows."""

    loaded: frozenset[int]
    rejected: frozenset[int]

    @property
    def numbers(self) -> frozenset[int]:
        """Numbers of both in the delivered file."""
        return self.loaded | self.rejected


@dataclass(frozen=True, slots=True)
class Eraser:
    """Finds and erases delivered rows that carry a forgotten identifier.

    Attributes:
        hashes: keyed hashes of the forgotten identifiers.
        params: those of the identity models, which say how identifiers are normalised.
        hash_key: the key of the tombstones.
        kinds: kinds of identifiers that words of unreadable records are tried as.
    """

    hashes: frozenset[str]
    params: Mapping[str, Any]
    hash_key: bytes
    kinds: tuple[str, ...]

    def erase(self, warehouse: Warehouse, model: Model, delivery_key: int) -> Erased:
        """Erase the rows of one delivery, inside the caller's transaction.

        Args:
            warehouse: where the raw table and ``config.sources`` stand.
            model: staging model of the delivery's format.
            delivery_key: the delivery.
        """
        if not self.hashes:
            return Erased(frozenset(), frozenset())
        found = self.find(warehouse, model, [delivery_key]).get(delivery_key, frozenset())
        unread = self.find_unread(warehouse, [delivery_key]).get(delivery_key, frozenset())
        for table, numbers in ((f"raw.{model.table}", found), ("ops.rejected_rows", unread)):
            if numbers:
                warehouse.execute(
                    f"delete from {quoted(table)} where delivery_key = $delivery_key"
                    " and list_contains($numbers, row_number)",
                    {"delivery_key": delivery_key, "numbers": sorted(numbers)},
                )
        return Erased(found, unread)

    def find(
        self, warehouse: Warehouse, model: Model, delivery_keys: Iterable[int]
    ) -> dict[int, frozenset[int]]:
        """Record numbers of the loaded rows that carry a forgotten identifier, by delivery."""
        rows = f"({model.query}) as delivered, unnest(delivered.identifiers) as listed (identifier)"
        bound = {"keys": sorted(delivery_keys)}
        carried = warehouse.frame(
            "select distinct identifier.kind as kind, identifier.value as spelling"
            f" from {rows} where list_contains($keys, delivered.delivery_key)",
            bound,
        )
        matched = self.matched(carried)
        if matched.is_empty():
            return {}
        with warehouse.given("forgotten_spellings", matched):
            found = warehouse.rows(
                "select distinct delivered.delivery_key, delivered.row_number"
                f" from {rows} inner join forgotten_spellings as forgotten"
                " on coalesce(identifier.kind, '') = forgotten.kind"
                " and coalesce(identifier.value, '') = forgotten.spelling"
                " where list_contains($keys, delivered.delivery_key)",
                bound,
            )
        return _by_delivery(found)

    def find_unread(
        self, warehouse: Warehouse, delivery_keys: Iterable[int]
    ) -> dict[int, frozenset[int]]:
        """Numbers of the records that could not be read and name a forgotten identifier."""
        texts = warehouse.rows(
            "select delivery_key, row_number, concat_ws(' ', raw_text, reason)"
            " from ops.rejected_rows where list_contains($keys, delivery_key)",
            {"keys": sorted(delivery_keys)},
        )
        tried = words((text for _, _, text in texts), self.kinds)
        forgotten = set(self.matched(tried)["spelling"].to_list())
        return _by_delivery(
            (key, number) for key, number, text in texts if forgotten & words_of(text)
        )

    def matched(self, spellings: pl.DataFrame) -> pl.DataFrame:
        """Those of the spellings that mean a forgotten identifier: ``kind``, ``spelling``."""
        if spellings.is_empty() or not self.hashes:
            return spellings.clear()
        told = hashed(spellings, params=self.params, hash_key=self.hash_key)
        return told.filter(pl.col("identifier_hash").is_in(list(self.hashes))).select(
            "kind", "spelling"
        )


def erasing(eraser: Eraser, model: Model) -> Callable[[Job, Path], tuple[int, int]]:
    """What intake calls for each file it loads: erase its rows, and rewrite its copy."""

    def erase(job: Job, copy: Path) -> tuple[int, int]:
        gone = eraser.erase(job.warehouse, model, job.delivery_key)
        if gone.numbers:
            rewrite(copy, job.shape, job.source, numbers=gone.numbers, warehouse=job.warehouse)
        return len(gone.loaded), len(gone.rejected)

    return erase


def _by_delivery(found: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    numbers: dict[int, set[int]] = {}
    for key, number in found:
        numbers.setdefault(key, set()).add(number)
    return {key: frozenset(some) for key, some in numbers.items()}
