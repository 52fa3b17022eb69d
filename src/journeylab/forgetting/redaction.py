"""A snapshot -> the same without one customer: rows removed, paths of single customers merged."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from journeylab.privacy import Pending, apply_floor
from journeylab.warehouse import Snapshot, Warehouse
from journeylab.warehouse.connection import quoted

#: Rows of paths that a single customer took would still show what the forgotten did.
LEAST_CUSTOMERS: Final = 2

_CUSTOMERS: Final = (
    "customer_id",
    "old_customer_id",
    "new_customer_id",
    "current_customer_id",
    "left_customer_id",
    "right_customer_id",
)
_HASHES: Final = ("identifier_hash", "left_identifier_hash", "right_identifier_hash")
_PLACES: Final = ("journey_id", "session_id", "event_id")


def customer_ids(snapshot: Snapshot, pending: Pending) -> set[str]:
    """Every id the person had in a snapshot, also one that has become another's since."""
    lent = {old for old, run_id in pending.aliases.items() if snapshot.run_id < run_id}
    return {*pending.customer_ids, *lent}


def rows_of(opened: Warehouse, ids: set[str]) -> int:
    """Rows of customers, journeys, sessions, events and steps that a snapshot holds of them."""
    return sum(
        opened.scalar(
            f"select count(*) from {quoted(name)} where list_contains($ids, customer_id)",
            {"ids": sorted(ids)},
        )
        for name in opened.table_names()
        if "customer_id" in opened.columns(name)
    )


def is_clean(snapshot: Snapshot, opened: Warehouse, ids: set[str], hashes: Sequence[str]) -> bool:
    """Whether nothing in a snapshot tells of the person, so that it may stay as it is."""
    if not snapshot.has_rows:
        return (snapshot.k_floor or 0) >= LEAST_CUSTOMERS
    told = {"ids": sorted(ids), "hashes": list(hashes)}
    for name, condition in _conditions(opened).items():
        bound = {key: value for key, value in told.items() if f"${key}" in condition}
        if bound and opened.scalar(
            f"select count(*) from {quoted(name)} where {condition.replace('$places', '[]')}", bound
        ):
            return False
    return True


def redact(
    opened: Warehouse,
    snapshot: Snapshot,
    ids: set[str],
    hashes: Sequence[str],
    *,
    k_floor: int | None,
) -> Mapping[str, Any]:
    """Take one customer out of the open copy of a snapshot.

    Rows of the customer go from every table that has such. Figures over all customers stay as
    they were published: they name nobody. But a path that one customer alone took would still
    tell what that customer did, so the paths of single customers are merged.

    Args:
        opened: the copy.
        snapshot: what it is a copy of.
        ids: the customer's ids in it.
        hashes: published hashes of their identifiers.
        k_floor: least customers of a row of paths by the settings; None for none.

    Returns:
        What the manifest tells of it.
    """
    bound = {"ids": sorted(ids), "hashes": list(hashes), "places": _places(opened, ids)}
    for name, condition in _conditions(opened).items():
        used = {key: value for key, value in bound.items() if f"${key}" in condition}
        opened.execute(f"delete from {quoted(name)} where {condition}", used)
    if "main.archetypes" in opened.table_names():
        opened.execute(
            "update archetypes set medoid_journey_id = null"
            " where list_contains($places, medoid_journey_id)",
            {"places": bound["places"]},
        )
    floor = max(k_floor or 0, LEAST_CUSTOMERS)
    told = apply_floor(opened, k=floor)
    hidden = snapshot.hidden_rows + int(told["hidden_rows"])
    return {**told, "hidden_rows": hidden, "redactions": snapshot.redactions + 1}


def _conditions(opened: Warehouse) -> dict[str, str]:
    """Table -> condition on its rows that tell of the person."""
    found = {}
    for name in opened.table_names():
        columns = opened.columns(name)
        customers = [column for column in _CUSTOMERS if column in columns]
        named = [f"list_contains($ids, {column})" for column in customers]
        named += [f"list_contains($hashes, {column})" for column in _HASHES if column in columns]
        if "customer_id" not in columns:
            named += [f"list_contains($places, {place})" for place in _PLACES if place in columns]
        if name == "main.identity_audit":
            named.append("list_contains($ids, item)")
            named.append("list_contains($hashes, split_part(item, ':', 2))")
        if named:
            found[name] = " or ".join(f"coalesce({condition}, false)" for condition in named)
    return found


def _places(opened: Warehouse, ids: set[str]) -> list[str]:
    """Ids of the customer's journeys, sessions and events, wherever a table names them."""
    places: set[str] = set()
    for name in opened.table_names():
        columns = opened.columns(name)
        if "customer_id" not in columns:
            continue
        for place in (place for place in _PLACES if place in columns):
            rows = opened.frame(
                f"select distinct {place} as place from {quoted(name)}"
                f" where list_contains($ids, customer_id) and {place} is not null",
                {"ids": sorted(ids)},
            )
            places.update(rows["place"].cast(pl.String).to_list())
    return sorted(places)
