"""A raw identifier -> the customer it belongs to, and all that names them. Changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from journeylab.erasure import hashed
from journeylab.errors import InputRefused, UnknownName
from journeylab.warehouse import Warehouse

#: As a kind: the identifier is a published customer id.
CUSTOMER_ID: Final = "customer_id"

_SCHEMA: Final = {"kind": pl.String, "spelling": pl.String}


@dataclass(frozen=True, slots=True)
class Person:
    """One customer of the private warehouse, with raw values.

    Attributes:
        customer_id: as published.
        component_key: the customer in the identity tables.
        identifiers: (kind, value, published hash) of their own, shared devices left out.
        spellings: (kind, spelling) of those, as delivered.
        shared_hashes: published hashes of the shared devices whose first owner they are.
        freed: (event id, kind, value) of the anonymous events they have on shared devices.
        aliases: (run, old id, new id) of the changes of a customer id that lead to them.
    """

    customer_id: str
    component_key: int
    identifiers: tuple[tuple[str, str, str], ...]
    spellings: tuple[tuple[str, str], ...]
    shared_hashes: tuple[str, ...]
    freed: tuple[tuple[str, str, str], ...]
    aliases: tuple[tuple[str, str, str], ...]


def find(
    warehouse: Warehouse,
    identifier: str,
    kind: str | None,
    *,
    params: Mapping[str, Any],
    hash_key: bytes,
) -> Person:
    """Find the customer an identifier belongs to.

    Args:
        warehouse: with the tables of identity as the last run, or the caller, built them.
        identifier: raw value, normalised as identity does; or a published customer id.
        kind: its kind; None tries every kind there is.
        params: those of the identity models.
        hash_key: the key of the published hashes.

    Raises:
        UnknownName: it belongs to nobody.
        InputRefused: it belongs to several: customers by its kind, or owners of a device.
    """
    keys = _components(warehouse, identifier, kind, params=params, hash_key=hash_key)
    if not keys:
        raise UnknownName(
            "no customer has this identifier",
            str(warehouse.name),
            "check its spelling and --kind; who was forgotten before has none any more",
        )
    if len(keys) > 1:
        raise InputRefused(
            f"the identifier names {len(keys)} customers",
            ", ".join(sorted(kind for _, kind in keys)),
            "say which with --kind",
        )
    return _person(warehouse, next(iter(keys))[0])


def _components(
    warehouse: Warehouse,
    identifier: str,
    kind: str | None,
    *,
    params: Mapping[str, Any],
    hash_key: bytes,
) -> set[tuple[int, str]]:
    """Customers it names, each with the kind by which it does."""
    if kind in (None, CUSTOMER_ID):
        named = warehouse.rows(
            "select component_key from identity.customers where customer_id = $id",
            {"id": identifier.strip()},
        )
        if named or kind == CUSTOMER_ID:
            return {(key, CUSTOMER_ID) for (key,) in named}
    known = warehouse.rows("select distinct kind from identity.identifiers order by kind")
    kinds = [kind] if kind else [name for (name,) in known]
    spelled = pl.DataFrame([(name, identifier) for name in kinds], schema=_SCHEMA, orient="row")
    told = hashed(spelled, params=params, hash_key=hash_key)
    with warehouse.given("sought", told):
        found = warehouse.rows(
            "select component_key, kind, identifier_key in"
            " (select device_key from identity.device_owners) as is_shared,"
            " component_key in (select component_key from identity.customers) as is_customer"
            " from sought inner join identity.identifiers using (kind, value)"
            " inner join identity.components using (identifier_key) order by kind"
        )
    shared = [name for _, name, is_shared, _ in found if is_shared]
    if shared:
        raise InputRefused(
            f"several customers use this {shared[0]}, so it names none of them alone",
            "identity.device_owners",
            "name the customer by an identifier of their own, or by customer_id",
        )
    return {(key, name) for key, name, _, is_customer in found if is_customer}


def _person(warehouse: Warehouse, component_key: int) -> Person:
    bound = {"key": component_key}
    members = warehouse.rows(
        "select kind, value, identifier_hash, identifier_key in"
        " (select device_key from identity.device_owners) as is_shared"
        " from identity.identifiers inner join identity.components using (identifier_key)"
        " where component_key = $key order by identifier_key",
        bound,
    )
    own = tuple((kind, value, told) for kind, value, told, is_shared in members if not is_shared)
    spellings = warehouse.rows(
        "select spellings.kind, spelling from identity.spellings"
        " inner join identity.identifiers using (kind, value)"
        " inner join identity.components using (identifier_key)"
        " where component_key = $key and identifier_key not in"
        " (select device_key from identity.device_owners) order by spellings.kind, spelling",
        bound,
    )
    freed = warehouse.rows(
        "select events.event_id, identifiers.kind, identifiers.value"
        " from identity.device_events inner join staging.events using (event_key)"
        " inner join identity.identifiers on device_key = identifier_key"
        " where is_deciding and named_key is null and device_events.component_key = $key"
        " order by events.event_id",
        bound,
    )
    customer_id = warehouse.scalar(
        "select customer_id from identity.customers where component_key = $key", bound
    )
    aliases = warehouse.rows(
        "select run_id, old_customer_id, new_customer_id from ops.customer_aliases"
        " where $id in (new_customer_id, current_customer_id) order by all",
        {"id": customer_id},
    )
    return Person(
        customer_id=customer_id,
        component_key=component_key,
        identifiers=own,
        spellings=tuple(spellings),
        shared_hashes=tuple(told for _, _, told, is_shared in members if is_shared),
        freed=tuple(freed),
        aliases=tuple(aliases),
    )
