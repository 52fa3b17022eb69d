"""Claimed ids settled again: duplicates, orders, and the keys of events.

A new row can claim the id of an old event, or belong to an old order. So the rows of each claimed
id, of their orders, and of the ids of those orders' rows are settled together; nothing else is
read.
"""

from dataclasses import replace
from typing import Final

from journeylab.pipeline import changes
from journeylab.pipeline.raw_rows import lay_raw, told_by
from journeylab.pipeline.steps import RunContext, StepResult, judged_tables, make_whole
from journeylab.warehouse import CheckResult, Model


def follow_claims(context: RunContext, model: Model, formats: list[Model]) -> StepResult:
    """Settle again what changed claims touch: duplicates, orders, the keys of events."""
    warehouse = context.warehouse
    fingerprint = changes.fingerprint(context, model)
    since = changes.built_up_to(warehouse, model.name, fingerprint)
    up_to = changes.latest(warehouse)
    whole = changes.why_whole(warehouse, since, "claim")
    if since is None or whole:
        with warehouse.transaction():
            made = make_whole(context, model)
            if model.name == "staging.event_keys":
                changes.note(warehouse, "event", None)
            changes.note_built(context, model.name, fingerprint, changes.latest(warehouse))
        return replace(judged_tables(context, model, made), whole=whole)
    _lay_claims(context, formats, since)
    made = _SETTLED[model.name](context, model)
    with warehouse.transaction():
        changes.note_built(context, model.name, fingerprint, max(up_to, changes.latest(warehouse)))
    return judged_tables(context, model, made)


def _lay_claims(context: RunContext, formats: list[Model], since: int) -> None:
    """Lay on the bench what changed claims touch: ids, their orders, and the rows of both.

    What was laid for one table stays for the next that has the same claims to follow.
    """
    bench = context.bench
    first, last = context.warehouse.rows(
        "select min(sequence), max(sequence) from ops.changes"
        " where kind = 'claim' and sequence > $since",
        {"since": since},
    )[0]
    name = f"night.claims_{first}_{last}"
    if bench.holds("night.ids") and bench.holds(name):
        return
    bench.clear()
    rows = bench.stored("staging.rows")
    good = "not is_rejected and not is_waiting"
    bench.table(name, changes.changed("claim", since))
    orders = (
        f"select hash(order_event_id) as claim_hash from {rows} where order_event_id is not null"
        f" and (hash(event_id) in (from {bench.at(name)})"
        f" or hash(order_event_id) in (from {bench.at(name)}))"
    )
    merged = "staging.merged_orders"
    if changes.stands(context.warehouse, merged):  # a run may have been killed before its first
        orders += (
            f" union select hash(event_id) from {bench.stored(merged)}"
            f" where hash(event_id) in (from {bench.at(name)})"
        )
    bench.table("night.orders", orders)
    bench.table(
        "night.ids",
        f"select change_key as claim_hash from {bench.at(name)} union"
        f" select hash(event_id) from {rows} where {good} and order_event_id is not null"
        f" and hash(order_event_id) in (from {bench.at('night.orders')})",
    )
    bench.table(
        "night.claimed",
        f"from {rows} where rowid in (select rowid from {rows}"
        f" where {good} and hash(event_id) in (from {bench.at('night.ids')}))",
    )
    of_orders = f"{bench.at('night.claimed')} where order_event_id is not null"
    lay_raw(context, formats, told_by(of_orders))


def _doubled_rows(context: RunContext, model: Model) -> list[CheckResult]:
    bench = context.bench
    bench.view("staging.rows", f"from {bench.at('night.claimed')}")
    bench.build(model, context.params)
    with context.warehouse.transaction():
        return bench.put_back(model, f"id_hash in (from {bench.at('night.ids')})")


def _merged_orders(context: RunContext, model: Model) -> list[CheckResult]:
    bench = context.bench
    _lay_settled(context)
    bench.build(model, context.params)
    with context.warehouse.transaction():
        return bench.put_back(model, f"hash(event_id) in (from {bench.at('night.orders')})")


def _event_keys(context: RunContext, model: Model) -> list[CheckResult]:
    """An event told by the same row as before keeps its key, and nobody has to look at it."""
    bench, warehouse = context.bench, context.warehouse
    _lay_settled(context)
    bench.view(
        "staging.merged_orders",
        f"from {bench.stored('staging.merged_orders')}"
        f" where hash(event_id) in (from {bench.at('night.orders')})",
    )
    bench.build(model, context.params)
    stored = bench.stored(model.name)
    bench.table(
        "night.former",
        f"from {stored} where rowid in (select rowid from {stored}"
        f" where (claim_hash, is_order) in ("
        f"select claim_hash, true from {bench.at('night.orders')}"
        f" union all select claim_hash, false from {bench.at('night.ids')}))",
    )
    same = "(event_id, delivery_key, row_number, source_sequence)"
    bench.table(
        "night.gone",
        f"select event_key from {bench.at('night.former')} where is_order"
        f" or {same} not in (select {same} from {bench.at(model.name)})",
    )
    warehouse.execute(
        f"delete from {bench.at(model.name)} where not is_order"
        f" and {same} in (select {same} from {bench.at('night.former')})"
    )
    first = warehouse.scalar(
        "select greatest((select coalesce(max(event_key), 0) from staging.event_keys),"
        " (select coalesce(max(change_key), 0)::bigint from ops.changes where kind = 'event'),"
        " (select coalesce(max(signature_key), 0) from ops.signature_owners))"
    )
    gone = f"from {bench.at('night.gone')}"
    with warehouse.transaction():
        made = bench.put_back(
            model, f"event_key in ({gone})", f"* replace (event_key + {first} as event_key)"
        )
        changes.note(
            warehouse,
            "event",
            f"{gone} union all select event_key + {first} from {bench.at(model.name)}",
        )
    return made


_SETTLED: Final = {
    "staging.doubled_rows": _doubled_rows,
    "staging.merged_orders": _merged_orders,
    "staging.event_keys": _event_keys,
}


def _lay_settled(context: RunContext) -> None:
    """Lay the touched rows that stay apart or belong to a touched order, and their duplicates."""
    bench = context.bench
    bench.view(
        "staging.rows",
        f"from {bench.at('night.claimed')} where order_event_id is null"
        f" or hash(order_event_id) in (from {bench.at('night.orders')})",
    )
    bench.view(
        "staging.doubled_rows",
        f"from {bench.stored('staging.doubled_rows')}"
        f" where id_hash in (from {bench.at('night.ids')})",
    )
