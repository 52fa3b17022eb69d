"""What changed since a table was built: the log that lets a run carry on where others stopped.

Whoever changes rows notes their keys, in one transaction with the change. Whoever follows reads
the keys noted since it was built last, and notes how far it is, again in one transaction. So a
run may stop between any two statements, and the next one still does what is left.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Final, Literal

from journeylab.errors import QueryError
from journeylab.pipeline.former import sums_over
from journeylab.pipeline.steps import LAYERS, RunContext, StepResult, judged_tables, make_whole
from journeylab.warehouse import (
    Model,
    Warehouse,
    content_hash,
    is_row_mart,
    place_of,
    read_models,
)
from journeylab.warehouse.hashing import WAY
from journeylab.warehouse.row_marts import BUILT

Kind = Literal[
    "delivery",
    "claim",
    "event",
    "owner",
    "signature",
    "identifier",
    "naming",
    "customer",
    "passing",
]

#: Type of a kind's keys where they stand: compared as another type, no scan could skip by them.
KEYS: Final[Mapping[Kind, str]] = {
    "delivery": "integer",
    "claim": "ubigint",
    "event": "bigint",
    "owner": "bigint",
    "signature": "bigint",
    "identifier": "ubigint",
    "naming": "bigint",
    "customer": "integer",
    "passing": "ubigint",
}

#: The key of an identifier: by what it is, because its number inside may be another tomorrow.
IDENTIFIER: Final = "hash(kind, value)"

#: Parameters that differ from run to run and change no stored row, or are followed by the log.
FLOWING: Final = frozenset({"run_id", "started_at", "as_of"})

#: Tables whose changes are noted row by row.
FOLLOWED: Final = frozenset(
    {
        "staging.rows",
        "staging.doubled_rows",
        "staging.merged_orders",
        "staging.event_keys",
        "staging.events",
        "identity.signatures",
        "identity.event_signatures",
        "identity.event_customers",
        "identity.device_events",
        "identity.spellings",
        "identity.known_identifiers",
        "identity.signature_identifiers",
        "identity.crowded_signatures",
        "identity.pairs",
        "identity.degrees",
        "identity.refused_identifiers",
        "identity.identifiers",
        "identity.rule_pairs",
        "identity.edges",
        "identity.raw_components",
        "identity.contested_edges",
        "identity.conflicting_edges",
        "identity.contested_components",
        "identity.components",
        "identity.customers",
        "identity.conflicts",
        "identity.device_owners",
        "identity.signature_customers",
    }
)

#: Tables that grow with the data and never change what they said of an older event while the
#: rules stay: the horizon's passing is noted, new kinds of events are told by new events.
GROWING: Final = frozenset(
    {"core.horizon", "core.event_kinds", "core.source_groups", "core.business_hours"}
)

#: Tables with a row an event, carried on by the changes of events and owners: what they are made
#: by tells when whoever reads them has to be built whole.
OF_EVENTS: Final = frozenset({"core.event_origins", "core.unowned_events"})

#: Tables over all whose changes are told by the stored rows that would be others now
#: (``passing.WAITING``): who reads, and what.
JUDGED: Final = frozenset({("analysis.customer_moves", "analysis.bottleneck_faces")})

#: What outlives a run and changes what tables say, rarely: another content has them built whole.
RULING: Final = frozenset({"ops.freed_events"})


def latest(warehouse: Warehouse) -> int:
    """Number of the latest change; 0 before the first."""
    number: int = warehouse.scalar(
        "select greatest((select coalesce(max(sequence), 0) from ops.changes),"
        " (select coalesce(max(sequence), 0) from ops.built))"
    )
    return number


def built_up_to(warehouse: Warehouse, table: str, fingerprint: str) -> int | None:
    """Number of the latest change a standing table has followed; None where it is built whole.

    Args:
        warehouse: where it stands.
        table: its name.
        fingerprint: what it would be built by now.
    """
    mart = read_models("marts").get(table)
    is_apart = mart is not None and is_row_mart(mart)
    place = place_of(mart) if mart is not None else table
    found = warehouse.rows(
        f"select sequence from {BUILT if is_apart else 'ops.built'}"
        " where table_name = $table and fingerprint = $fingerprint",
        {"table": table, "fingerprint": fingerprint},
    )
    return found[0][0] if found and stands(warehouse, place) else None


def stands(warehouse: Warehouse, table: str) -> bool:
    """Whether there is a table; to look for it in a list of all of them costs ten times this."""
    try:
        return bool(warehouse.columns(table))
    except QueryError:
        return False


def why_whole(warehouse: Warehouse, since: int | None, *kinds: Kind) -> str:
    """Why a table has to be built whole; empty where it can be carried on.

    Args:
        warehouse: where it stands.
        since: number of the latest change it has followed, as ``built_up_to`` tells.
        kinds: the changes it follows.
    """
    if since is None:
        return "it is new, or its query, rules or settings changed"
    if any(all_changed(warehouse, kind, since) for kind in kinds):
        return "what it is made of was built whole, or time went back"
    return ""


def all_changed(warehouse: Warehouse, kind: Kind, since: int) -> bool:
    """Whether everything of a kind counts as changed since a number."""
    whole: bool = warehouse.scalar(
        "select count(*) > 0 from ops.changes"
        " where kind = $kind and sequence > $since and change_key is null",
        {"kind": kind, "since": since},
    )
    return whole


def changed(kind: Kind, since: int, *, but: Sequence[int] = ()) -> str:
    """Query of the distinct keys of a kind noted since a number, as ``change_key``.

    Args:
        kind: what they are keys of.
        since: number of the latest change that whoever asks has followed.
        but: leave out what only the horizon's passing changes, of the kinds with these numbers.
    """
    codes = ", ".join(map(str, but))
    passing = f"select sequence from ops.changes where kind = 'passing' and change_key in ({codes})"
    others = f" and sequence not in ({passing})" if but else ""
    return (
        f"select distinct change_key::{KEYS[kind]} as change_key from ops.changes"
        f" where kind = '{kind}' and sequence > {since} and change_key is not null{others}"
    )


def note(warehouse: Warehouse, kind: Kind, keys: str | None) -> None:
    """Note changed keys, in the caller's transaction.

    Args:
        warehouse: the warehouse.
        kind: what they are keys of.
        keys: query of one column; None notes that all changed.
    """
    number = latest(warehouse) + 1
    if keys is None:
        warehouse.execute(
            "insert into ops.changes values ($number, $kind, null)",
            {"number": number, "kind": kind},
        )
        return
    warehouse.execute(
        f"insert into ops.changes select distinct $number, $kind, told.key::ubigint"
        f" from ({keys}) as told (key) where told.key is not null",
        {"number": number, "kind": kind},
    )


def note_built(context: RunContext, table: str, fingerprint: str, up_to: int) -> None:
    """Note how far a table has been built, in the caller's transaction.

    Sums over it stand for what it no longer says: they count as built again only at their step.
    """
    warehouse = context.warehouse
    warehouse.execute(
        "delete from ops.built where list_contains($tables, table_name)",
        {"tables": [table, *sums_over().get(table, ())]},
    )
    warehouse.execute(
        "insert into ops.built values ($table, $fingerprint, $up_to, $as_of)",
        {"table": table, "fingerprint": fingerprint, "up_to": up_to, "as_of": context.as_of},
    )


def build_whole(
    context: RunContext, model: Model, fingerprint: str, up_to: int, *, why: str
) -> StepResult:
    """Build a table from all rows it reads, and note how far it is.

    Args:
        context: the run.
        model: the table.
        fingerprint: what it is built by.
        up_to: number of the latest change it has followed then.
        why: why it is not carried on, as ``why_whole`` tells.
    """
    with context.warehouse.transaction():
        made = make_whole(context, model)
        note_built(context, model.name, fingerprint, up_to)
    return replace(judged_tables(context, model, made), whole=why)


def forget_followed(warehouse: Warehouse, tables: list[str]) -> None:
    """Drop the changes that all of these tables have followed."""
    warehouse.execute(
        "delete from ops.changes where sequence <= ("
        "    select coalesce(min(sequence) filter (list_contains($tables, table_name)), 0) from ("
        "        select table_name, sequence from ops.built"
        f"       union all select table_name, sequence from {BUILT}"
        "    )"
        ")",
        {"tables": tables},
    )


def fingerprint(context: RunContext, model: Model) -> str:
    """Hash of all that a table is made by, but the rows whose changes are noted.

    Its query and columns, its parameters, the same of the tables of single customers it reads,
    the content of the rules and of whatever else is not followed row by row, and the releases
    of journeylab and DuckDB.
    """
    told = context.bench.remembered
    if "" not in told:
        told[""] = f"{version('journeylab')} {context.warehouse.scalar('select version()')}"
    parts = [told[""]]
    return hashlib.sha256("\n".join([*parts, _told(context, model, {})]).encode()).hexdigest()


def _told(context: RunContext, model: Model, known: dict[str, str]) -> str:
    """What one table is made by, as text; tables told already are kept by name."""
    if model.name not in known:
        models = _models()
        parts = [model.query, model.python, repr(model.columns), _values(model, context)]
        if is_row_mart(model):
            parts.append(f"sums of way {WAY}")
        if "staging_tables" in model.params:
            formats = context.params["staging_tables"]
            parts += [_told(context, models[name], known) for name in formats]
        for name in model.reads:
            read = models.get(name)
            if name in RULING:
                parts.append(f"{name} {_content(context, name)}")
            if name in FOLLOWED or read is None or (model.name, name) in JUDGED:
                continue
            if read.scope == "customer" or name in GROWING | OF_EVENTS:
                parts.append(_told(context, read, known))
            elif read.schema != "ops":
                parts.append(f"{name} {_content(context, name)}")
        known[model.name] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return known[model.name]


def _content(context: RunContext, name: str) -> str:
    """Content hash of a table that this run has built already, taken once a run."""
    told = context.bench.remembered
    if name not in told:
        told[name] = content_hash(context.warehouse, name)
    return told[name]


def _values(model: Model, context: RunContext) -> str:
    names = [name for name in model.params if name not in FLOWING]
    plain = {n: context.params[n] for n in names if n not in ("settings", "rules")}
    whole = context.settings.config_hash if len(plain) < len(names) else ""
    return repr(sorted(plain.items())) + whole


def _models() -> Mapping[str, Model]:
    return {name: model for layer in LAYERS for name, model in read_models(layer).items()}
