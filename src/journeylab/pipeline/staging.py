"""Staging carried on from run to run: new rows are staged, then the events that ``claims`` settled.

What a row says is read from the raw tables through the formats' own models.
"""

from dataclasses import replace
from functools import partial
from typing import Final

from journeylab.pipeline import changes, deliveries
from journeylab.pipeline.ranges import Lay, build_in_ranges
from journeylab.pipeline.raw_rows import lay_raw, told_by
from journeylab.pipeline.steps import RunContext, StepResult, judged_tables, make_whole
from journeylab.warehouse import CheckResult, Model

#: Stored rows that the new ones meet: they claim the same id.
_MET: Final = (
    "select row_key, delivery_key, row_number from {rows} as claimed"
    " where has_own_id and hash(event_id) in (select hash(event_id) from {fresh})"
)


def stage(context: RunContext, model: Model, formats: list[Model]) -> StepResult:
    """Bring ``staging.rows`` up to the deliveries that are loaded.

    Rows of new deliveries are added, rows that waited for as-of are let in, and those that left
    the raw tables leave. It is built whole where a known delivery has more rows than before, or
    as-of went back.
    """
    warehouse = context.warehouse
    fingerprint = changes.fingerprint(context, model)
    loaded = deliveries.loaded(warehouse, formats)
    before = deliveries.staged(warehouse)
    whole = deliveries.why_staged_whole(context, model, loaded)
    if whole:
        made = _stage_whole(context, model, loaded, fingerprint)
        return replace(judged_tables(context, model, made), whole=whole)
    fresh = sorted({told[1] for told in loaded if told not in before})
    shrunk = sorted({told[1] for told, rows in before.items() if loaded.get(told, 0) < rows})
    _lay_fresh(context, model, formats, fresh, shrunk)
    with warehouse.transaction():
        made = _take_in(context, model)
        keys = ", ".join(map(str, [*fresh, *shrunk]))
        changes.note(warehouse, "delivery", f"select unnest([{keys}]::bigint[])")
        deliveries.note_staged(context.warehouse, loaded)
        changes.note_built(context, model.name, fingerprint, changes.latest(warehouse))
    return judged_tables(context, model, made)


def _lay_fresh(
    context: RunContext, model: Model, formats: list[Model], fresh: list[int], shrunk: list[int]
) -> None:
    """Stage the new rows on the bench, with stored rows whose ids they claim; note who left."""
    bench = context.bench
    bench.clear()
    keys = f"delivery_key in ({_listed(fresh)})"
    lay_raw(context, formats, keys)
    bench.build(model, context.params)
    bench.table("night.met", _MET.format(rows=bench.stored(model.name), fresh=bench.at(model.name)))
    if bench.rows("night.met"):
        lay_raw(context, formats, keys, told_by(bench.at("night.met")))
        bench.build(model, context.params)
    still_there = " union all ".join(
        f"select delivery_key, row_number from {bench.stored(f'raw.{used.table}')}"
        f" where delivery_key in ({_listed(shrunk)})"
        for used in formats
    )
    bench.table(
        "night.left",
        "select row_key, hash(event_id) as id_hash, hash(order_event_id) as order_hash,"
        f" order_event_id is not null as is_of_order from {bench.stored(model.name)} as claimed"
        f" where delivery_key in ({_listed(shrunk)}) and (delivery_key, row_number) not in"
        f" (select (delivery_key, row_number) from ({still_there}))",
    )


def _take_in(context: RunContext, model: Model) -> list[CheckResult]:
    """Store what lies on the bench, let in what waited, and note what all of them claim."""
    warehouse, bench = context.warehouse, context.bench
    waited = "is_waiting and occurred_at <= $as_of"
    bound = {"as_of": context.as_of}
    ended = warehouse.rows(f"select row_key from staging.rows where {waited}", bound)
    warehouse.execute(
        "update staging.rows set is_waiting = false, is_consent_refused ="
        " coalesce(list_contains($refused_consent, lower(trim(consent))), false)"
        f" where {waited}",
        {**bound, "refused_consent": context.params["refused_consent"]},
    )
    first = warehouse.scalar("select coalesce(max(row_key), 0) from staging.rows")
    made = bench.put_back(
        model,
        f"row_key in (select row_key from {bench.at('night.met')}"
        f" union all select row_key from {bench.at('night.left')})",
        f"* replace (row_key + {first} as row_key)",
    )
    let_in = _listed([row_key for (row_key,) in ended])
    changes.note(
        warehouse,
        "claim",
        "select hash(event_id) from staging.rows"
        f" where (row_key > {first} or row_key in ({let_in})) and event_id is not null"
        f" union select id_hash from {bench.at('night.left')}"
        f" union select order_hash from {bench.at('night.left')} where is_of_order",
    )
    return made


def _listed(keys: list[int]) -> str:
    """Keys as they stand in a list of SQL; the list of none holds nothing."""
    return ", ".join(map(str, keys)) or "null"


def _stage_whole(
    context: RunContext, model: Model, loaded: deliveries.Rows, fingerprint: str
) -> list[CheckResult]:
    with context.warehouse.transaction():
        context.warehouse.execute("delete from ops.customer_keys")
        made = make_whole(context, model)
        for kind in ("claim", "delivery"):
            changes.note(context.warehouse, kind, None)
        deliveries.note_staged(context.warehouse, loaded)
        latest = changes.latest(context.warehouse)
        changes.note_built(context, model.name, fingerprint, latest)
    return made


def follow_events(context: RunContext, model: Model, formats: list[Model]) -> StepResult:
    """Bring ``staging.events`` up to the keys of events."""
    warehouse = context.warehouse
    fingerprint = changes.fingerprint(context, model)
    since = changes.built_up_to(warehouse, model.name, fingerprint)
    up_to = changes.latest(warehouse)
    whole = changes.why_whole(warehouse, since, "event")
    if since is None or whole:
        context.former.lose(model)
        made = build_in_ranges(
            context,
            model,
            _ranges(context, model, formats),
            lambda: changes.note_built(context, model.name, fingerprint, up_to),
        )
        return replace(judged_tables(context, model, made), whole=whole)
    bench = context.bench
    bench.clear()
    bench.table("night.events", changes.changed("event", since))
    touched = f"event_key in (from {bench.at('night.events')})"
    keys = bench.stored("staging.event_keys")
    bench.table("staging.event_keys", f"from {keys} where {touched}")
    bench.table(
        "staging.merged_orders",
        f"from {bench.stored('staging.merged_orders')} where event_id in"
        f" (select event_id from {bench.at('staging.event_keys')} where is_order)",
    )
    lay_raw(context, formats, told_by(bench.at("staging.event_keys")))
    bench.view("staging.rows", f"from {bench.stored('staging.rows')}")
    bench.build(model, context.params)
    whose = f"(select change_key as event_key from {bench.at('night.events')})"
    context.former.keep(model, touched, bench.at(model.name), whose, copied=True)
    with warehouse.transaction():
        made = bench.put_back(model, touched)
        changes.note_built(context, model.name, fingerprint, up_to)
    return judged_tables(context, model, made)


def _ranges(context: RunContext, model: Model, formats: list[Model]) -> list[Lay]:
    """Ranges of deliveries with about as many rows as the setting says, in their order."""
    bench, size = context.bench, context.settings.run.rows_per_range
    found = context.warehouse.rows(
        "select min(delivery_key), max(delivery_key) from ("
        "    select delivery_key, sum(count(*)) over (order by delivery_key) as rows"
        "    from staging.rows group by delivery_key"
        ") group by (rows - 1) // $size order by min(delivery_key)",
        {"size": size},
    )

    def of(first: int, last: int) -> None:
        some = f"delivery_key between {first} and {last}"
        for used in formats:
            raw = f"raw.{used.table}"
            bench.view(raw, f"from {bench.stored(raw)} where {some}")
            bench.build(used, context.params)
        for name in model.reads:
            told = f" where {some}" if name == "staging.event_keys" else ""
            bench.view(name, f"from {bench.stored(name)}{told}")

    return [partial(of, *ends) for ends in found]


def follow_refused(context: RunContext, model: Model, formats: list[Model]) -> StepResult:
    """Add the rows that staging refused of new deliveries."""
    warehouse = context.warehouse
    fingerprint = changes.fingerprint(context, model)
    since = changes.built_up_to(warehouse, model.name, fingerprint)
    up_to = changes.latest(warehouse)
    whole = changes.why_whole(warehouse, since, "delivery")
    if since is None or whole:
        return changes.build_whole(context, model, fingerprint, up_to, why=whole)
    bench = context.bench
    bench.clear()
    bench.table("night.deliveries", changes.changed("delivery", since))
    fresh = f"delivery_key in (from {bench.at('night.deliveries')})"
    lay_raw(context, formats, fresh)
    bench.view("staging.rows", f"from {bench.stored('staging.rows')}")
    bench.build(model, context.params)
    with warehouse.transaction():
        made = bench.put_back(model, fresh)
        changes.note_built(context, model.name, fingerprint, up_to)
    return judged_tables(context, model, made)
