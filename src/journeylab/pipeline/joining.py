"""Who is who, carried on from run to run: only what hangs together with a changed list is joined.

A list that comes, goes or is counted otherwise can join or part what its identifiers hang together
with, and nothing else. So these identifiers, all lists they stand in and everybody in those are
made again by the same models on the bench, and take the place of what they were, in one
transaction of the first of the tables. What too many lists share is never carried on: where a list
of a shared mailbox changes, everything is joined anew.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from journeylab.pipeline import changes
from journeylab.pipeline.identity import GONE
from journeylab.pipeline.steps import RunContext, StepResult, judged_tables, make_table, make_whole
from journeylab.warehouse import CheckResult, Model, Warehouse, judge_rows, read_models

_OF_IDENTIFIERS: Final = "identifier_key in (from {old})"
_OF_PAIRS: Final = "left_key in (from {old})"
_OF_LISTS: Final = "signature_key in (from {lists})"

#: The tables that are carried on together, each after those it reads -> condition of the rows that
#: leave. The first one's step carries all of them on; those of the others find them done.
JOINED: Final = {
    "identity.spellings": "(kind, value) in (from {names})",
    "identity.known_identifiers": _OF_IDENTIFIERS,
    "identity.signature_identifiers": _OF_LISTS,
    "identity.crowded_signatures": _OF_LISTS,
    "identity.pairs": _OF_PAIRS,
    "identity.degrees": _OF_IDENTIFIERS,
    "identity.refused_identifiers": _OF_IDENTIFIERS,
    "identity.identifiers": _OF_IDENTIFIERS,
    "identity.rule_pairs": "true",
    "identity.edges": _OF_PAIRS,
    "identity.raw_components": _OF_IDENTIFIERS,
    "identity.contested_edges": _OF_PAIRS,
    "identity.conflicting_edges": _OF_PAIRS,
    "identity.contested_components": _OF_IDENTIFIERS,
    "identity.components": _OF_IDENTIFIERS,
    "identity.customers": "component_key in (from {old})",
    "identity.conflicts": _OF_PAIRS,
    "identity.device_owners": "device_key in (from {old})",
    "identity.signature_customers": _OF_LISTS,
}

_FIRST: Final = "identity.spellings"
_LISTS: Final = "identity.signatures"
_KNOWN: Final = "identity.known_identifiers"
_CUSTOMERS: Final = "identity.customers"
_NAMING: Final = "identity.signature_customers"

#: Columns that number identifiers. What is made again gets numbers above all others: only within
#: what hangs together do they tell the order of age.
_KEYS: Final = frozenset(
    {"identifier_key", "left_key", "right_key", "shared_key", "component_key", "device_key"}
)

#: Keys above this one are left to the next whole build, which counts from 0 again.
_GREATEST: Final = 1 << 30

#: What a customer is known by, beside the number inside.
_TOLD: Final = "customer_key, customer_id, identifiers, first_seen_at"


def join(context: RunContext, model: Model) -> StepResult:
    """Bring one of the joined tables up to the lists of identifiers.

    Args:
        context: the run.
        model: the table.
    """
    warehouse = context.warehouse
    fingerprint = _fingerprint(context)
    whole = _carry(context, fingerprint) if model.name == _FIRST else ""
    if not whole and _is_done(warehouse, model, fingerprint):
        return judged_tables(context, model, judge_rows(warehouse, model))
    made = _make_whole(context, model, fingerprint)
    whole = whole or "what it is made of was built whole"
    return replace(judged_tables(context, model, made), whole=whole)


def _make_whole(context: RunContext, model: Model, fingerprint: str) -> list[CheckResult]:
    """Build a table over all lists; what is made of it no longer fits, for its numbers are new."""
    warehouse, bench = context.warehouse, context.bench
    former = None
    if model.name == _CUSTOMERS and model.name in warehouse.table_names():
        bench.clear()
        bench.table("night.former", f"select {_TOLD} from {bench.stored(model.name)}")
        former = f"from {bench.at('night.former')}"
    with warehouse.transaction():
        made = make_whole(context, model)
        warehouse.execute(
            "delete from ops.built where list_contains($tables, table_name)",
            {"tables": sorted(_made_of()[model.name])},
        )
        if model.name == _CUSTOMERS:
            _number_customers(warehouse, model.name)
            _note_customers(warehouse, former, f"select {_TOLD} from {model.name}")
            changes.note(warehouse, "identifier", None)
        if model.name == _NAMING:
            changes.note(warehouse, "naming", None)
        changes.note_built(context, model.name, fingerprint, changes.latest(warehouse))
    return made


def _carry(context: RunContext, fingerprint: str) -> str:
    """Join again what hangs together with changed lists; else why everything has to be joined."""
    warehouse, bench = context.warehouse, context.bench
    since = _joined_up_to(warehouse, fingerprint)
    whole = changes.why_whole(warehouse, since, "signature")
    if since is None or whole:
        return whole
    bench.clear()
    whole = _lay_parts(context, since) or _build(context)
    if whole:
        return whole
    with warehouse.transaction():
        _put_back(context)
        changes.note(warehouse, "naming", f"from {bench.at('night.lists')}")
        changes.note(
            warehouse,
            "identifier",
            f"select {changes.IDENTIFIER} from {bench.at('night.names')}"
            f" union select {changes.IDENTIFIER} from {bench.at(_KNOWN)}",
        )
        up_to = changes.latest(warehouse)
        for name in JOINED:
            changes.note_built(context, name, fingerprint, up_to)
    return ""


def _lay_parts(context: RunContext, since: int) -> str:
    """Lay all lists of whoever hangs together with a changed one; else why that is too much."""
    bench = context.bench
    lists, known = bench.stored("identity.signature_identifiers"), bench.stored(_KNOWN)
    _lay_changed(context, since)
    changed = f"from {bench.at('night.changed')}"
    spelled = f"(kind, value) in (select kind, value from {bench.at(_FIRST)})"
    held = _mentions(f"{bench.stored(_LISTS)} where signature_key in ({changed})")
    written = (
        f"(kind, value) in (select kind, value from {bench.stored(_FIRST)}"
        f" where (kind, spelling) in (select kind, spelling from ({held})))"
    )
    bench.table(
        "night.reached_0",
        f"select identifier_key from {lists} where signature_key in ({changed}) union"
        f" select identifier_key from {known} where junk_code is null and ({spelled} or {written})",
    )
    reached, whole = _reached(context)
    if whole:
        return whole
    theirs = f"select signature_key from {lists} where identifier_key in (from {reached})"
    bench.table("night.lists", f"{changed} union {theirs}")
    _lay_lists(context, "night.lists")
    is_gone = f"exists (from {bench.at('night.noted')} where signature_key = {GONE})"
    bench.table(
        "night.junk", f"from {known} where junk_code is not null and ({spelled} or {is_gone})"
    )
    if bench.rows("night.junk"):
        _add_junk(context)
    junk = f"select identifier_key from {bench.at('night.junk')}"
    bench.table("night.old", f"from {reached} union all {junk}")
    old = f"identifier_key in (from {bench.at('night.old')})"
    bench.table("night.names", f"select kind, value from {known} where {old}")
    return ""


def _lay_changed(context: RunContext, since: int) -> None:
    """Lay the keys of changed lists, and of lists of bots that hold what those hold.

    Nobody is known by a bot's list alone: what it holds may be known only now.
    """
    bench = context.bench
    changed = changes.changed("signature", since)
    bench.table("night.noted", f"select change_key as signature_key from ({changed})")
    _lay_lists(context, "night.noted")
    bots = f"{bench.stored(_LISTS)} where first_seen_at is null"
    bench.table(
        "night.changed",
        f"from {bench.at('night.noted')} union select signature_key from ({_mentions(bots)})"
        f" where (kind, spelling) in (select kind, spelling from {bench.at(_FIRST)})",
    )


def _mentions(lists: str) -> str:
    """Query of what some lists hold, as it is written."""
    return (
        "select coalesce(identifier.kind, '') as kind, coalesce(identifier.value, '') as spelling,"
        " * exclude (identifier) from (select unnest(identifiers) as identifier,"
        f" * exclude (identifiers) from {lists})"
    )


def _lay_lists(context: RunContext, keys: str) -> None:
    """Lay some lists, and how what they and the rules hold is written."""
    bench = context.bench
    bench.table(
        _LISTS, f"from {bench.stored(_LISTS)} where signature_key in (from {bench.at(keys)})"
    )
    bench.build(read_models("identity")[_FIRST], context.params)


def _reached(context: RunContext) -> tuple[str, str]:
    """All that hangs together with the identifiers reached first, and why that is too much."""
    bench, warehouse = context.bench, context.warehouse
    lists = bench.stored("identity.signature_identifiers")
    components = bench.stored("identity.raw_components")
    known = warehouse.scalar("select count(*) from identity.identifiers")
    number, former = 0, -1
    while (count := bench.rows(f"night.reached_{number}")) > former:
        reached = f"from {bench.at(f'night.reached_{number}')}"
        if count > context.settings.run.rebuild_all_share * known:
            return "", "so many identifiers are touched"
        refused = f"identity.refused_identifiers where identifier_key in ({reached})"
        if warehouse.scalar(f"select count(*) from {refused}"):
            return "", "a list changed of an identifier that too many share"
        number, former = number + 1, count
        bench.table(
            f"night.reached_{number}",
            f"{reached} union select identifier_key from {lists} where signature_key in"
            f" (select signature_key from {lists} where identifier_key in ({reached}))"
            f" union select identifier_key from {components} where component_key in"
            f" (select component_key from {components} where identifier_key in ({reached}))",
        )
    return bench.at(f"night.reached_{number}"), ""


def _add_junk(context: RunContext) -> None:
    """Add what all other lists say of the junk in these, as one list a spelling.

    Junk joins nobody, so no other list of it has to be laid; but it is counted over all.
    """
    bench = context.bench
    others = (
        f"{bench.stored(_LISTS)} where first_seen_at is not null"
        f" and signature_key not in (from {bench.at('night.lists')})"
    )
    spellings = (
        f"select kind, spelling from {bench.stored(_FIRST)}"
        f" semi join {bench.at('night.junk')} using (kind, value)"
    )
    context.warehouse.execute(
        f"insert into {bench.at(_LISTS)}"
        " select -row_number() over (), [{'kind': kind, 'value': spelling}], sum(events),"
        f" min(first_seen_at), max(last_seen_at) from ({_mentions(others)})"
        f" where (kind, spelling) in ({spellings}) group by kind, spelling"
    )
    bench.build(read_models("identity")[_FIRST], context.params)


def _build(context: RunContext) -> str:
    """Build the other tables from the lists on the bench; else why all lists are needed."""
    bench, warehouse = context.bench, context.warehouse
    for model in _models():
        if model.name != _FIRST:
            bench.build(
                model, context.params, lambda where, made, told: make_table(made, where, told)
            )
    accepted = f"{bench.at(_KNOWN)} semi join {bench.at('night.junk')} using (kind, value)"
    if warehouse.scalar(f"select count(*) from {accepted} where junk_code is null"):
        return "what was junk is none any more"
    if _greatest(warehouse, _KNOWN, "identifier_key") > _GREATEST:
        return "the numbers of identifiers have grown great"
    return ""


def _put_back(context: RunContext) -> None:
    """Replace the rows of all tables, within the caller's transaction."""
    warehouse, bench = context.warehouse, context.bench
    first = _greatest(warehouse, _KNOWN, "identifier_key") + 1
    shifts = dict.fromkeys(_KEYS, first)
    shifts["edge_number"] = _greatest(warehouse, "identity.contested_edges", "edge_number")
    places = {part: bench.at(f"night.{part}") for part in ("old", "names", "lists")}
    for model in _models():
        numbers = [column.name for column in model.columns if column.name in shifts]
        shifted = ", ".join(f"{name} + {shifts[name]} as {name}" for name in numbers)
        gone = JOINED[model.name].format(**places)
        if model.name == _CUSTOMERS:
            fresh = f"select {_TOLD} from {bench.at(model.name)}"
            _number_customers(warehouse, bench.at(model.name))
            _note_customers(warehouse, f"select {_TOLD} from {model.name} where {gone}", fresh)
        bench.put_back(model, gone, f"* replace ({shifted})" if numbers else "*")


def _number_customers(warehouse: Warehouse, customers: str) -> None:
    """Keep the numbers of customers for as long as runs carry on."""
    warehouse.execute(
        "insert into ops.customer_keys select customer_id, customer_key"
        f" from {customers} anti join ops.customer_keys using (customer_id)"
    )


def _note_customers(warehouse: Warehouse, former: str | None, fresh: str) -> None:
    """Note the customers whose row is another than before; all where none stood before."""
    differing = f"(({former}) except ({fresh})) union all (({fresh}) except ({former}))"
    told = None if former is None else f"select customer_key from ({differing})"
    changes.note(warehouse, "customer", told)


def _joined_up_to(warehouse: Warehouse, fingerprint: str) -> int | None:
    """Number of the latest change that all joined tables have followed; None where one is apart."""
    since = {changes.built_up_to(warehouse, name, fingerprint) for name in JOINED}
    return min(told for told in since if told is not None) if None not in since else None


def _is_done(warehouse: Warehouse, model: Model, fingerprint: str) -> bool:
    """Whether a joined table has followed every change of the lists, and fits those it reads."""
    since = changes.built_up_to(warehouse, model.name, fingerprint)
    return since is not None and not warehouse.scalar(
        "select count(*) > 0 from ops.changes where kind = 'signature' and sequence > $since",
        {"since": since},
    )


def _greatest(warehouse: Warehouse, table: str, column: str) -> int:
    number: int = warehouse.scalar(f"select coalesce(max({column}), 0) from {table}")
    return number


def _fingerprint(context: RunContext) -> str:
    """Hash of what all joined tables are made by: no one of them stands without the others."""
    told = [changes.fingerprint(context, model) for model in _models()]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


@cache
def _models() -> tuple[Model, ...]:
    models = read_models("identity")
    return tuple(models[name] for name in JOINED)


@cache
def _made_of() -> dict[str, set[str]]:
    """Each joined table -> those that are made of it, at whatever remove."""

    def readers(name: str) -> Iterator[str]:
        for model in _models():
            if name in model.reads:
                yield model.name
                yield from readers(model.name)

    return {name: set(readers(name)) for name in JOINED}
