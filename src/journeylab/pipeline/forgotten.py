"""What every run owes the forgotten: their rows stay out, their freed events stay apart."""

from typing import Final

import polars as pl

from journeylab.erasure import Eraser, erasing
from journeylab.identity import keyed_hash
from journeylab.intake import Erase
from journeylab.pipeline.steps import RunContext, make_table
from journeylab.privacy import read_tombstones, tombstone_key
from journeylab.warehouse import Model, Warehouse, read_models

_SCHEMA: Final = pl.Schema(
    {
        "event_id": pl.String(),
        "identifiers": pl.List(pl.Struct({"kind": pl.String, "value": pl.String})),
    }
)


def eraser_of(context: RunContext) -> Eraser | None:
    """What erases the rows of everybody forgotten so far; None where nobody is."""
    var = context.settings.paths.var
    hashes = read_tombstones(var).hashes
    if not hashes:
        return None
    kinds = context.settings.identity.kinds
    return Eraser(frozenset(hashes), context.params, tombstone_key(var), kinds)


def erase_of(context: RunContext, model: Model) -> Erase | None:
    """What intake calls for each file of a format; None where nobody is forgotten.

    The formats read ``config.sources``, which a run makes after intake: it is made here too.
    """
    eraser = eraser_of(context)
    if eraser is None:
        return None
    make_table(read_models("config")["config.sources"], context.warehouse, context.params)
    return erasing(eraser, model)


def forget_former_key(warehouse: Warehouse, key: bytes) -> bool:
    """Drop what links customer ids under another key to those of this one; whether there was.

    Every id is the hash of one of its customer's identifiers: where it is not, the key is
    another one. Aliases from the old ids would undo the change.

    Args:
        warehouse: with ``ops.identifier_owners`` and ``ops.customer_aliases``.
        key: the key of this run.
    """
    members = warehouse.rows(
        "select customer_id, kind, value from ops.identifier_owners"
        " where customer_id = (select min(customer_id) from ops.identifier_owners)"
    )
    is_same = any(told == f"c_{keyed_hash(key, kind, value)}" for told, kind, value in members)
    if not members or is_same:
        return False
    with warehouse.transaction():
        warehouse.execute("delete from ops.identifier_owners")
        warehouse.execute("delete from ops.customer_aliases")
    return True


def load_freed_events(context: RunContext) -> None:
    """Copy the freed events from the file of tombstones to ``ops.freed_events``."""
    freed = read_tombstones(context.settings.paths.var).freed
    frame = pl.DataFrame(
        [
            (one.event_id, [{"kind": one.kind, "value": f"freed:{one.device_hash}"}])
            for one in freed
        ],
        schema=_SCHEMA,
        orient="row",
    )
    warehouse = context.warehouse
    with warehouse.transaction(), warehouse.given("freed_rows", frame):
        warehouse.execute("delete from ops.freed_events")
        warehouse.execute("insert into ops.freed_events by name from freed_rows")
