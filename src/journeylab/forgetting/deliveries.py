"""What the raw and ops tables hold of one customer: found by delivery, then taken out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from journeylab.erasure import Eraser, cleared, holds_text, rewrite
from journeylab.intake import shape_of
from journeylab.intake.values import literal
from journeylab.settings import Settings, Source
from journeylab.warehouse import Model, Warehouse, read_models
from journeylab.warehouse.connection import quoted

_CUSTOMERS: Final = ("customer_id", "old_customer_id", "new_customer_id", "current_customer_id")


@dataclass(frozen=True, slots=True)
class Found:
    """What goes of one delivery: record numbers of loaded and rejected rows; words elsewhere."""

    delivery_key: int
    source: str
    sha256: str
    model: Model
    loaded: frozenset[int]
    rejected: frozenset[int]
    has_words: bool


def with_former_sources(settings: Settings, warehouse: Warehouse) -> Settings:
    """The settings, and with them the sources that are no longer in them but left rows."""
    sources = dict(settings.sources)
    for model in raw_models(warehouse):
        channel, _, form = model.table.partition("_")
        for (name,) in warehouse.rows(f"select distinct source from {quoted(raw_of(model))}"):
            if name not in sources:
                sources[name] = Source(channel=channel, format=form, path=Path())
    return settings.model_copy(update={"sources": sources})


def raw_models(warehouse: Warehouse) -> list[Model]:
    """Staging models whose raw table stands, by name."""
    there = set(warehouse.table_names())
    models = [model for model in read_models("staging").values() if model.raw]
    return [model for model in models if raw_of(model) in there]


def raw_of(model: Model) -> str:
    """The raw table a staging model reads."""
    return f"raw.{model.table}"


def look(warehouse: Warehouse, eraser: Eraser, words: re.Pattern[str] | None) -> list[Found]:
    """Find what every delivery holds of the forgotten, by delivery.

    Args:
        warehouse: with ``config.sources`` that knows every source with rows.
        eraser: of the customer's identifiers.
        words: pattern of their values in the text of others' rows; None for none.
    """
    found = []
    for model in raw_models(warehouse):
        table = quoted(raw_of(model))
        keys = dict(
            warehouse.rows(
                "select delivery_key, (source, sha256) from ops.deliveries where state = 'loaded'"
                f" and source in (select source from {table}) order by delivery_key"
            )
        )
        loaded = eraser.find(warehouse, model, keys)
        rejected = eraser.find_unread(warehouse, keys)
        spoken = _speaking(warehouse, raw_of(model), words)
        for key, (source, sha256) in keys.items():
            gone, unread = loaded.get(key, frozenset()), rejected.get(key, frozenset())
            if gone or unread or key in spoken:
                found.append(Found(key, source, sha256, model, gone, unread, key in spoken))
    return found


def rewrite_landed(
    warehouse: Warehouse,
    found: list[Found],
    sources: Mapping[str, Source],
    landed: Path,
    words: re.Pattern[str] | None,
) -> int:
    """Rewrite the landed copy of each delivery found, and return how many there were."""
    count = 0
    for one in found:
        source = sources[one.source]
        for path in sorted(landed.glob(f"{one.sha256}*")):
            rewrite(
                path,
                shape_of(source, one.model),
                source,
                numbers=one.loaded | one.rejected,
                words=words,
                warehouse=warehouse,
            )
            count += 1
    return count


def erase(
    warehouse: Warehouse,
    found: list[Found],
    words: re.Pattern[str] | None,
    *,
    identifiers: Iterable[tuple[str, str]],
    customer_ids: Iterable[str],
) -> None:
    """Take the customer out of the raw and ops tables, in one transaction.

    Args:
        warehouse: the private one.
        found: what goes of each delivery.
        words: what reads '(removed)' in the text of rows that stay; None for nothing.
        identifiers: (kind, normalised value) that tables of state may hold.
        customer_ids: ids that they may hold.
    """
    named, ids = list(identifiers), list(customer_ids)
    with warehouse.transaction():
        for one in found:
            _erase_rows(warehouse, one)
        for name in warehouse.table_names():
            if name.startswith("ops."):
                _erase_named(warehouse, name, named, ids)
            if name.startswith(("ops.", "raw.")):
                _clear_words(warehouse, name, words)


def _erase_rows(warehouse: Warehouse, one: Found) -> None:
    for table, numbers in ((raw_of(one.model), one.loaded), ("ops.rejected_rows", one.rejected)):
        warehouse.execute(
            f"delete from {quoted(table)} where delivery_key = $key"
            " and list_contains($numbers, row_number)",
            {"key": one.delivery_key, "numbers": sorted(numbers)},
        )
    warehouse.execute(
        "update ops.deliveries set rows_loaded = greatest(0, rows_loaded - $loaded),"
        " rows_rejected = greatest(0, rows_rejected - $rejected),"
        " rows_read = greatest(0, rows_read - $loaded - $rejected) where delivery_key = $key",
        {"key": one.delivery_key, "loaded": len(one.loaded), "rejected": len(one.rejected)},
    )


def _erase_named(
    warehouse: Warehouse, name: str, identifiers: list[tuple[str, str]], ids: list[str]
) -> None:
    """Rows of a table of state that are of the customer, by identifier or by id."""
    columns = warehouse.columns(name)
    if {"kind", "value"} <= columns.keys():
        for kind, value in identifiers:
            warehouse.execute(
                f"delete from {quoted(name)} where kind = $kind and value = $value",
                {"kind": kind, "value": value},
            )
    for column in (column for column in _CUSTOMERS if column in columns):
        warehouse.execute(
            f"delete from {quoted(name)} where list_contains($ids, {column})", {"ids": ids}
        )


def _clear_words(warehouse: Warehouse, name: str, words: re.Pattern[str] | None) -> None:
    if words is None:
        return
    for column, kind in warehouse.columns(name).items():
        if holds_text(kind):
            value = cleared(column, kind, words)
            warehouse.execute(
                f"update {quoted(name)} set {quoted(column)} = {value}"
                f" where {_speaks(column, kind, words)}"
            )


def _speaking(warehouse: Warehouse, table: str, words: re.Pattern[str] | None) -> set[int]:
    """Deliveries in whose rows, or rejected records, a word stands."""
    if words is None:
        return set()
    keys: set[int] = set()
    for name in (table, "ops.rejected_rows"):
        for column, kind in warehouse.columns(name).items():
            if holds_text(kind):
                keys.update(
                    key
                    for (key,) in warehouse.rows(
                        f"select distinct delivery_key from {quoted(name)}"
                        f" where {_speaks(column, kind, words)}"
                    )
                )
    return keys


def _speaks(column: str, kind: str, words: re.Pattern[str]) -> str:
    text = quoted(column) if kind == "VARCHAR" else f"to_json({quoted(column)})::varchar"
    return f"regexp_matches({text}, {literal(words.pattern)})"
