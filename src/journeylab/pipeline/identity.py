"""Who is who, carried on from run to run: only lists that changed events carry are read again.

What joins identifiers is found anew from the lists in every run, because one event can join two
customers who did nothing that day. Then the owners found are compared with those of the last
run, and whoever gained or lost an event is noted.
"""

from dataclasses import replace
from typing import Final

from journeylab.pipeline import changes
from journeylab.pipeline.steps import RunContext, StepResult, judged_tables, make_table
from journeylab.warehouse import CheckResult, Model

#: Whom each list names, as ``ops.signature_owners`` keeps it.
_OWNERS: Final = (
    "select signature_key, customers.customer_key, device_key::integer as device_key"
    " from identity.signature_customers left join identity.customers using (component_key)"
)


def follow_lists(context: RunContext, model: Model) -> StepResult:
    """Bring ``identity.signatures`` up to the events: lists of changed events are counted anew."""
    warehouse, bench = context.warehouse, context.bench
    fingerprint = changes.fingerprint(context, model)
    since = changes.built_up_to(warehouse, model.name, fingerprint)
    carried = "identity.event_signatures"
    whole = changes.why_whole(warehouse, since, "event")
    if since is None or whole:
        with warehouse.transaction():
            made = make_table(model, warehouse, context.params)
            changes.note(warehouse, "signature", None)
            changes.note_built(context, model.name, fingerprint, changes.latest(warehouse))
        return replace(judged_tables(context, model, made), whole=whole)
    bench.clear()
    bench.table("night.events", changes.changed("event", since))
    events = bench.stored("staging.events")
    touched = f"event_key in (from {bench.at('night.events')})"
    bench.table(
        "night.lists",
        f"select signature_key from {bench.stored(carried)} where {touched} union"
        f" select signature_key from {bench.stored(model.name)} where identifiers in"
        f" (select identifiers from {events} where {touched})",
    )
    lists = f"from {bench.at('night.lists')}"
    bench.table(
        "night.members",
        f"select event_key from {bench.stored(carried)} where signature_key in ({lists})"
        f" union from {bench.at('night.events')}",
    )
    bench.view(
        "staging.events", f"from {events} where event_key in (from {bench.at('night.members')})"
    )
    bench.build(model, context.params)
    with warehouse.transaction():
        made = bench.put_back(model, f"signature_key in ({lists})")
        changes.note(
            warehouse,
            "signature",
            f"{lists} union select signature_key from {bench.at(model.name)}",
        )
        changes.note_built(context, model.name, fingerprint, changes.latest(warehouse))
    return judged_tables(context, model, made)


def follow_carried(context: RunContext, model: Model) -> StepResult:
    """Bring ``identity.event_signatures`` up to the lists and the events."""
    warehouse, bench = context.warehouse, context.bench
    fingerprint = changes.fingerprint(context, model)
    since = changes.built_up_to(warehouse, model.name, fingerprint)
    up_to = changes.latest(warehouse)
    whole = changes.why_whole(warehouse, since, "signature")
    if since is None or whole:
        with warehouse.transaction():
            made = make_table(model, warehouse, context.params)
            changes.note_built(context, model.name, fingerprint, up_to)
        return replace(judged_tables(context, model, made), whole=whole)
    bench.clear()
    bench.table("night.lists", changes.changed("signature", since))
    lists = f"from {bench.at('night.lists')}"
    bench.table(
        "night.events",
        f"{changes.changed('event', since)} union"
        f" select event_key from {bench.stored(model.name)} where signature_key in ({lists})",
    )
    gone = f"event_key in (from {bench.at('night.events')})"
    bench.view("staging.events", f"from {bench.stored('staging.events')} where {gone}")
    signatures = "identity.signatures"
    bench.view(signatures, f"from {bench.stored(signatures)} where signature_key in ({lists})")
    bench.build(model, context.params)
    with warehouse.transaction():
        made = bench.put_back(model, gone)
        changes.note_built(context, model.name, fingerprint, up_to)
    return judged_tables(context, model, made)


def name_customers(context: RunContext, model: Model) -> StepResult:
    """Build ``identity.customers``; ids keep their numbers, and changed rows are noted."""
    warehouse, bench = context.warehouse, context.bench
    columns = "customer_key, customer_id, identifiers, first_seen_at"
    former = model.name in warehouse.table_names()
    bench.clear()
    if former:
        bench.table("night.former", f"select {columns} from {bench.stored(model.name)}")
    with warehouse.transaction():
        made = make_table(model, warehouse, context.params)
        warehouse.execute(
            "insert into ops.customer_keys select customer_id, customer_key"
            " from identity.customers anti join ops.customer_keys using (customer_id)"
        )
        if former:
            old, new = f"from {bench.at('night.former')}", f"select {columns} from {model.name}"
            changes.note(
                warehouse,
                "customer",
                f"select customer_key from (({old} except {new}) union all ({new} except {old}))",
            )
        else:
            changes.note(warehouse, "customer", None)
    return judged_tables(context, model, made)


def follow_owners(context: RunContext, model: Model) -> StepResult:
    """Bring ``identity.event_customers`` up to who is who, and note who gained or lost an event."""
    warehouse = context.warehouse
    fingerprint = changes.fingerprint(context, model)
    since = changes.built_up_to(warehouse, model.name, fingerprint)
    whole = changes.why_whole(warehouse, since, "signature")
    if since is None or whole:
        with warehouse.transaction():
            made = make_table(model, warehouse, context.params)
            for kind in ("customer", "owner"):
                changes.note(warehouse, kind, None)
            _keep_owners(context)
            changes.note_built(context, model.name, fingerprint, changes.latest(warehouse))
        return replace(judged_tables(context, model, made), whole=whole)
    made = _follow_owners(context, model, since, fingerprint)
    return judged_tables(context, model, made)


def _follow_owners(
    context: RunContext, model: Model, since: int, fingerprint: str
) -> list[CheckResult]:
    warehouse, bench = context.warehouse, context.bench
    bench.clear()
    bench.table("night.owners", _OWNERS)
    owners, kept = f"from {bench.at('night.owners')}", "from ops.signature_owners"
    bench.table(
        "night.lists",
        f"{changes.changed('signature', since)} union"
        f" select signature_key from (({owners} except {kept}) union all ({kept} except {owners}))"
        f" union select signature_key {owners} where device_key is not null"
        f" union select signature_key {kept} where device_key is not null",
    )
    lists = f"signature_key in (from {bench.at('night.lists')})"
    carried = "identity.event_signatures"
    bench.table(carried, f"from {bench.stored(carried)} where {lists}")
    for name in model.reads:
        if not bench.holds(name):
            bench.view(name, f"from {bench.stored(name)}")
    bench.table(
        "night.events",
        f"{changes.changed('event', since)} union select event_key from {bench.at(carried)}",
    )
    touched = f"event_key in (from {bench.at('night.events')})"
    bench.table("night.former", f"from {bench.stored(model.name)} where {touched}")
    bench.build(model, context.params)
    bench.table(
        "night.moved",
        "select coalesce(former.event_key, later.event_key) as event_key,"
        " former.customer_key as left_key, later.customer_key as joined_key"
        f" from {bench.at('night.former')} as former"
        f" full join {bench.at(model.name)} as later on former.event_key = later.event_key"
        " where former.customer_key is distinct from later.customer_key",
    )
    moved = bench.at("night.moved")
    with warehouse.transaction():
        made = bench.put_back(model, touched)
        changes.note(
            warehouse,
            "customer",
            f"select left_key from {moved} union all select joined_key from {moved}",
        )
        changes.note(warehouse, "owner", f"select event_key from {moved}")
        _keep_owners(context)
        changes.note_built(context, model.name, fingerprint, changes.latest(warehouse))
    return made


def _keep_owners(context: RunContext) -> None:
    context.warehouse.execute("delete from ops.signature_owners")
    context.warehouse.execute(f"insert into ops.signature_owners {_OWNERS}")
