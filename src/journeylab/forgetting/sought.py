"""Who is to be forgotten: the tables that say who is who, and the customer an identifier names."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import polars as pl

from journeylab.erasure import Eraser, hashed
from journeylab.errors import InputRefused, UnknownName
from journeylab.forgetting.deliveries import look, with_former_sources
from journeylab.forgetting.finding import Person, find
from journeylab.identity import hash_pads, keyed_hash, rule_table
from journeylab.parameters import parameters
from journeylab.pipeline import RunContext, formats_in_use, make_table, model_step, registry
from journeylab.privacy import hash_key, tombstone_key
from journeylab.rules import load_rules
from journeylab.settings import Settings
from journeylab.warehouse import Warehouse, ensure, read_models

_KEPT_SCHEMAS: Final = ("raw", "ops", "main")
#: State that is not about how far built tables are: the rest of ``ops`` goes with those.
_LASTING: Final = frozenset(
    {
        "ops.check_results",
        "ops.customer_aliases",
        "ops.deliveries",
        "ops.freed_events",
        "ops.identifier_owners",
        "ops.rejected_rows",
        "ops.runs",
        "ops.schema_drift",
    }
)


def context_of(settings: Settings, warehouse: Warehouse, start: datetime) -> RunContext:
    """What the steps of identity need, sources of former settings among it."""
    for name, model in read_models("ops").items():
        ensure(warehouse, name, model.columns)
    whole = with_former_sources(settings, warehouse)
    rules = load_rules(settings.paths.touchpoints)
    params = {
        **parameters(whole, rules, run_id="forget", started_at=start, as_of=start),
        **hash_pads(_published_key(settings)),
        "staging_tables": sorted({model.name for model in formats_in_use(whole).values()}),
    }
    context = RunContext(warehouse, whole, "forget", start, start, params)
    make_table(read_models("config")["config.sources"], warehouse, params)
    return context


def _published_key(settings: Settings) -> bytes:
    return hash_key(settings.privacy.hash_key_file or settings.paths.var / "hash.key")


def eraser_of(context: RunContext, hashes: Iterable[str]) -> Eraser:
    """What finds and erases rows of these tombstones."""
    settings = context.settings
    key = tombstone_key(settings.paths.var)
    return Eraser(frozenset(hashes), context.params, key, settings.identity.kinds)


def resolve(context: RunContext) -> None:
    """Build the tables that say who is who, unless a run that was published left them so.

    A former forgetting dropped them. A run that stopped half way has numbered identifiers anew
    in some of them alone, which would name somebody else; and rows may have been loaded since.
    """
    warehouse = context.warehouse
    if "identity.device_events" in warehouse.table_names() and warehouse.scalar(
        "select coalesce(max_by(state, run_id) = 'published' and max(run_id) >="
        " (select coalesce(max(run_id), '') from ops.deliveries), false) from ops.runs"
    ):
        return
    drop_built(warehouse)
    for step in registry(context.settings):
        is_wanted = step.layer in ("config", "staging", "identity") or step.name == "core.channels"
        if is_wanted and step.model is not None:
            model_step(step.model).run(context)  # whole: what a run carries on is for runs


def sought(context: RunContext, identifier: str, kind: str | None) -> Person:
    """The customer, or who is named by delivered rows alone, as after a refused consent."""
    settings = context.settings
    published = _published_key(settings)
    try:
        return find(context.warehouse, identifier, kind, params=context.params, hash_key=published)
    except UnknownName:
        kinds = [kind] if kind else list(settings.identity.kinds)
        spelled = pl.DataFrame({"kind": kinds, "spelling": [identifier] * len(kinds)})
        own = []
        for tried, _, value, told in hashed(
            spelled, params=context.params, hash_key=published
        ).rows():
            buried = keyed_hash(tombstone_key(settings.paths.var), tried, value)
            if look(context.warehouse, eraser_of(context, [buried]), None):
                own.append((tried, value, told))
        if not own:
            raise
        return Person(f"c_{own[0][2]}", -1, tuple(own), (), (), (), ())


def refuse_rules(settings: Settings, person: Person) -> None:
    """A customer whom the settings name cannot be forgotten: the next run would know them."""
    named = {spelling for _, spelling in values_of(person)}
    rules = rule_table(settings.paths.identity_rules)
    lines = [row for row in rules.iter_rows() if named & {row[2], row[4]}]
    if lines:
        raise InputRefused(
            f"{len(lines)} identity rules name this customer",
            str(settings.paths.identity_rules),
            "take those lines out of the file, then forget: what they joined is still known",
        )


def values_of(person: Person) -> list[tuple[str, str]]:
    """Every way the customer's own identifiers are written."""
    return [*person.spellings, *((kind, value) for kind, value, _ in person.identifiers)]


def drop_built(warehouse: Warehouse) -> None:
    """Drop every table that a run builds, and what tells how far it is built: all may tell."""
    for name in warehouse.table_names():
        if name.startswith("ops.") and name not in _LASTING:
            warehouse.execute(f"delete from {name}")
    for (schema,) in warehouse.rows(
        "select schema_name from duckdb_schemas()"
        " where not internal and database_name = current_database() order by schema_name"
    ):
        if schema not in _KEPT_SCHEMAS:
            warehouse.execute(f"drop schema {schema} cascade")
