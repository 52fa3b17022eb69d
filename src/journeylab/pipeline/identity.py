"""Who is who, carried on from run to run: only lists that changed events carry are read again.

What hangs together with them is joined again (``joining``). Then the owners found are compared
with those of the last run, and whoever gained or lost an event is noted.
"""

from dataclasses import replace
from typing import Final

from journeylab.pipeline import changes
from journeylab.pipeline.steps import RunContext, StepResult, judged_tables, make_table, make_whole
from journeylab.warehouse import Bench, CheckResult, Model, Warehouse

#: Whom each list names, as ``ops.signature_owners`` keeps it.
_OWNERS: Final = (
    "select signature_key, customers.customer_key, device_key::integer as device_key"
    " from identity.signature_customers left join identity.customers using (component_key)"
)

#: Which list each event carries: by it is known in which list a changed event was counted.
_CARRIED: Final = "identity.event_signatures"

#: Noted as a changed list, above all keys of lists, where one is gone, or bots' alone by now:
#: nothing tells which junk it held.
GONE: Final = 1 << 62

#: Who owned each identifier when a run was last published.
REMEMBERED: Final = "ops.identifier_owners"


def follow_lists(context: RunContext, model: Model) -> StepResult:
    """Bring ``identity.signatures`` up to the events: lists of changed events are counted anew."""
    warehouse, bench = context.warehouse, context.bench
    fingerprint = changes.fingerprint(context, model)
    since = changes.built_up_to(warehouse, model.name, fingerprint)
    carried = _CARRIED
    whole = changes.why_whole(warehouse, since, "event") or _why_uncarried(warehouse, since)
    if since is None or whole:
        with warehouse.transaction():
            made = make_whole(context, model)
            changes.note(warehouse, "signature", None)
            changes.note_built(context, model.name, fingerprint, changes.latest(warehouse))
        return replace(judged_tables(context, model, made), whole=whole)
    bench.clear()
    bench.table("night.events", changes.changed("event", since))
    events = bench.stored("staging.events")
    touched = f"event_key in (from {bench.at('night.events')})"
    bench.table(
        "night.recounted", f"select signature_key from {bench.stored(carried)} where {touched}"
    )
    recounted = f"signature_key in (from {bench.at('night.recounted')})"
    bench.table(
        "night.grown",
        f"from {bench.stored(model.name)} where identifiers in"
        f" (select identifiers from {events} where {touched}) and not {recounted}",
    )
    bench.table(
        "night.members",
        f"select event_key from {bench.stored(carried)} where {recounted}"
        f" union from {bench.at('night.events')}",
    )
    bench.view(
        "staging.events", f"from {events} where event_key in (from {bench.at('night.members')})"
    )
    bench.build(model, context.params)
    _add_grown(bench, model)
    lists = (
        f"from {bench.at('night.recounted')}"
        f" union select signature_key from {bench.at('night.grown')}"
    )
    known = "first_seen_at is not null"  # by somebody who is no bot
    bench.table(
        "night.gone",
        f"select {GONE} from (from {bench.stored(model.name)} where {recounted} and {known})"
        f" anti join (from {bench.at(model.name)} where {known}) using (identifiers) limit 1",
    )
    with warehouse.transaction():
        made = bench.put_back(model, f"signature_key in ({lists})")
        changes.note(
            warehouse,
            "signature",
            f"{lists} union select signature_key from {bench.at(model.name)}"
            f" union from {bench.at('night.gone')}",
        )
        changes.note_built(context, model.name, fingerprint, changes.latest(warehouse))
    return judged_tables(context, model, made)


def _why_uncarried(warehouse: Warehouse, since: int | None) -> str:
    """Why lists are counted whole: a run stopped before it noted which events carry them."""
    told = warehouse.rows(
        "select sequence from ops.built where table_name = $table", {"table": _CARRIED}
    )
    is_behind = since is not None and (not told or told[0][0] < since)
    return "a run stopped between lists and the events that carry them" if is_behind else ""


def _add_grown(bench: Bench, model: Model) -> None:
    """Add to what changed events make of their lists what was counted of lists that only grew."""
    bench.table("night.counted", f"from {bench.at(model.name)}")
    bench.table(
        model.name,
        "select min(signature_key) as signature_key, identifiers, sum(events)::bigint as events,"
        " min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at"
        f" from (from {bench.at('night.counted')} union all from {bench.at('night.grown')})"
        " group by identifiers",
    )


def follow_carried(context: RunContext, model: Model) -> StepResult:
    """Bring ``identity.event_signatures`` up to the lists and the events.

    A list is known by its first event. So an event that did not change carries another key only
    where the one it carried is no list's any more, or is that of an event that changed.
    """
    warehouse, bench = context.warehouse, context.bench
    fingerprint = changes.fingerprint(context, model)
    since = changes.built_up_to(warehouse, model.name, fingerprint)
    up_to = changes.latest(warehouse)
    whole = changes.why_whole(warehouse, since, "signature")
    if since is None or whole:
        return changes.build_whole(context, model, fingerprint, up_to, why=whole)
    bench.clear()
    bench.table("night.lists", changes.changed("signature", since))
    lists, signatures = f"from {bench.at('night.lists')}", "identity.signatures"
    changed = changes.changed("event", since)
    bench.table(
        "night.events",
        f"{changed} union select event_key from {bench.stored(model.name)}"
        f" where signature_key in ({lists}) and (signature_key in ({changed})"
        f" or signature_key not in (select signature_key from {bench.stored(signatures)}))",
    )
    gone = f"event_key in (from {bench.at('night.events')})"
    bench.view("staging.events", f"from {bench.stored('staging.events')} where {gone}")
    bench.view(signatures, f"from {bench.stored(signatures)} where signature_key in ({lists})")
    bench.build(model, context.params)
    with warehouse.transaction():
        made = bench.put_back(model, gone)
        changes.note_built(context, model.name, fingerprint, up_to)
    return judged_tables(context, model, made)


def follow_identifiers(context: RunContext, model: Model) -> StepResult:
    """Bring ``identity.identifier_owners`` up to the identifiers that were joined again."""
    warehouse, bench = context.warehouse, context.bench
    fingerprint = changes.fingerprint(context, model)
    since = changes.built_up_to(warehouse, model.name, fingerprint)
    up_to = changes.latest(warehouse)
    whole = changes.why_whole(warehouse, since, "identifier")
    if since is None or whole:
        return changes.build_whole(context, model, fingerprint, up_to, why=whole)
    bench.clear()
    some = _lay_identifiers(context, since)
    identifiers, components = "identity.identifiers", "identity.components"
    bench.table(identifiers, f"from {bench.stored(identifiers)} where {some}")
    keys = f"select identifier_key from {bench.at(identifiers)}"
    bench.view(components, f"from {bench.stored(components)} where identifier_key in ({keys})")
    bench.view("identity.customers", f"from {bench.stored('identity.customers')}")
    bench.build(model, context.params)
    with warehouse.transaction():
        made = bench.put_back(model, some)
        changes.note_built(context, model.name, fingerprint, up_to)
    return judged_tables(context, model, made)


def remember_owners(context: RunContext) -> None:
    """Keep who owns each identifier, as it is published, in the caller's transaction."""
    warehouse, told = context.warehouse, "identity.identifier_owners"
    since = changes.built_up_to(warehouse, REMEMBERED, told)
    if since is None or changes.all_changed(warehouse, "identifier", since):
        warehouse.execute(f"create or replace table {REMEMBERED} as from {told}")
    else:
        changed = changes.changed("identifier", since)
        warehouse.execute(f"delete from {REMEMBERED} where {changes.IDENTIFIER} in ({changed})")
        warehouse.execute(
            f"insert into {REMEMBERED} from {told} where {changes.IDENTIFIER} in ({changed})"
        )
    up_to = warehouse.scalar(
        "select max(sequence) from ops.built where table_name = $table", {"table": told}
    )
    changes.note_built(context, REMEMBERED, told, up_to)


def _lay_identifiers(context: RunContext, since: int) -> str:
    """Condition of the identifiers that were joined again since a change."""
    context.bench.table("night.identifiers", changes.changed("identifier", since))
    return f"{changes.IDENTIFIER} in (from {context.bench.at('night.identifiers')})"


def compare_owners(context: RunContext, model: Model) -> StepResult:
    """Build ``identity.owner_changes`` from identifiers joined again since the last snapshot."""
    warehouse, bench = context.warehouse, context.bench
    since = changes.built_up_to(warehouse, REMEMBERED, "identity.identifier_owners")
    stands = model.name in warehouse.table_names()
    if since is None or not stands or changes.all_changed(warehouse, "identifier", since):
        return judged_tables(context, model, make_table(model, warehouse, context.params))
    bench.clear()
    some = _lay_identifiers(context, since)
    for name in (REMEMBERED, "identity.identifiers"):
        bench.table(name, f"from {bench.stored(name)} where {some}")
    for name in ("identity.components", "identity.customers"):
        bench.view(name, f"from {bench.stored(name)}")
    bench.build(model, context.params)
    with warehouse.transaction():
        made = bench.put_back(model, "true")
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
            _keep_owners(context, "true")
            changes.note_built(context, model.name, fingerprint, changes.latest(warehouse))
        return replace(judged_tables(context, model, made), whole=whole)
    made = _follow_owners(context, model, since, fingerprint)
    return judged_tables(context, model, made)


def _follow_owners(
    context: RunContext, model: Model, since: int, fingerprint: str
) -> list[CheckResult]:
    warehouse, bench = context.warehouse, context.bench
    bench.clear()
    some = _lay_named(context, since)
    bench.table("night.owners", f"{_OWNERS} where {some}")
    bench.table("night.kept", f"from ops.signature_owners where {some}")
    owners, kept = f"from {bench.at('night.owners')}", f"from {bench.at('night.kept')}"
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
        _keep_owners(context, some)
        changes.note_built(context, model.name, fingerprint, changes.latest(warehouse))
    return made


def _lay_named(context: RunContext, since: int) -> str:
    """Condition of the lists that may name somebody else now: all where all were joined anew."""
    if changes.all_changed(context.warehouse, "naming", since):
        return "true"
    changed = (changes.changed("signature", since), changes.changed("naming", since))
    context.bench.table("night.named", " union ".join(changed))
    return f"signature_key in (from {context.bench.at('night.named')})"


def _keep_owners(context: RunContext, some: str) -> None:
    context.warehouse.execute(f"delete from ops.signature_owners where {some}")
    context.warehouse.execute(f"insert into ops.signature_owners {_OWNERS} where {some}")
