"""The proof of every night: some customers are built again from the raw rows and compared.

Their rows are staged and settled again, their lists of identifiers counted and given to owners
again, what joins their identifiers is sought again in all lists, and every table of single
customers is built again for them, beside the warehouse. Which customers is told by where the hash
of the run falls among their ids, which are hashes themselves: from there on so many. So another
share is looked at every night, and of the marts, stored by customer, little has to be read.

A row, an event or a list that was lost belongs to no customer any more, so no sample can find it:
those are counted as a whole, rows by the sums of ``staging.row_counts``, events and lists here.
"""

from collections.abc import Iterable
from typing import Final

from journeylab.pipeline.customers import lay_inputs
from journeylab.pipeline.raw_rows import lay_raw, told_by
from journeylab.pipeline.steps import RunContext, Step, StepResult
from journeylab.warehouse import CheckResult, Model, is_row_mart, place_of, read_models

NAME: Final = "proof.sampled_customers"

CHECK: Final = "carried_on_equals_rebuilt"

ABOUT: Final = (
    "Builds some customers again from the raw rows; what the night carried on must equal it."
)

#: The sample's events as they are stored, read once for all that is built of them.
_EVENTS: Final = "night.events"

#: Columns of staging.events that number inside.
_NUMBERED: Final = frozenset({"event_key"})


def proof_step(steps: Iterable[Step], formats: list[Model]) -> Step:
    """The step that proves the night on a sample.

    Args:
        steps: the steps of the run; those of tables of single customers are proved.
        formats: the staging models of the formats in use.
    """
    models = [step.model for step in steps if step.model is not None]
    proved = [model for model in models if model.scope == "customer"]

    def run(context: RunContext) -> StepResult:
        return _prove(context, proved, formats)

    reads = (*(model.name for model in proved), "identity.signatures", "identity.audit")
    return Step(NAME, "proof", ABOUT, reads, run)


def _prove(context: RunContext, proved: list[Model], formats: list[Model]) -> StepResult:
    warehouse, bench = context.warehouse, context.bench
    warehouse.execute("delete from ops.proof_differences")
    bench.clear()
    bench.table(
        "night.sample",
        "select customer_key, customer_id from identity.customers"
        " order by customer_id < 'c_' || sha256($run_id), customer_id"
        " limit (select ceil(count(*) * $share)::bigint from identity.customers)",
        {"run_id": context.run_id, "share": context.settings.checks.proof_share},
    )
    sampled = bench.rows("night.sample")
    _prove_counts(context)
    if sampled:
        _prove_events(context, formats)
        _prove_owners(context)
        _prove_components(context)
        _prove_tables(context, proved)
    bench.clear()
    return StepResult(sampled, (_judged(context),))


def _prove_counts(context: RunContext) -> None:
    """Count the events that carry a list: each is in a list, and no list counts another one."""
    warehouse = context.warehouse
    events, seen = warehouse.rows(
        "select count(*), count(*) filter (not coalesce(is_bot, false)) from staging.events"
        " where len(identifiers) > 0"
    )[0]
    carried = warehouse.scalar("select count(*) from identity.event_signatures")
    counted = warehouse.scalar("select coalesce(sum(events), 0)::bigint from identity.signatures")
    for table, wanted, found in (
        ("identity.event_signatures", events, carried),
        ("identity.signatures", seen, counted),
    ):
        if wanted != found:
            warehouse.execute(
                "insert into ops.proof_differences values ($run_id, $table, '', $missing, $extra)",
                {
                    "run_id": context.run_id,
                    "table": table,
                    "missing": max(wanted - found, 0),
                    "extra": max(found - wanted, 0),
                },
            )


def _prove_events(context: RunContext, formats: list[Model]) -> None:
    """Stage and settle the rows of the sample's events again, from the raw tables on."""
    bench, models = context.bench, read_models("staging")
    sample = f"(select customer_key from {bench.at('night.sample')})"
    bench.table(
        "night.keys",
        f"select keys.*, owners.customer_key from {bench.stored('staging.event_keys')} as keys"
        f" inner join {bench.stored('identity.event_customers')} as owners"
        f" on keys.event_key = owners.event_key where owners.customer_key in {sample}",
    )
    rows, keys = bench.stored("staging.rows"), bench.at("night.keys")
    bench.table(
        _EVENTS,
        f"from {bench.stored('staging.events')} where event_key in (select event_key from {keys})",
    )
    bench.table(
        "night.of_orders",
        f"select rowid as place, hash(event_id) as claim_hash from {rows}"
        " where order_event_id is not null"  # few are of orders: the others are not hashed
        f" and hash(order_event_id) in (select claim_hash from {keys} where is_order)",
    )
    of_orders = bench.at("night.of_orders")
    ids = (
        f"select claim_hash from {of_orders} union select claim_hash from {keys} where not is_order"
    )
    bench.table(
        "night.claimed",
        f"from {rows} where rowid in (select rowid from {rows} where hash(event_id) in ({ids})"
        f" union select place from {of_orders})",
    )
    lay_raw(context, formats, told_by(bench.at("night.claimed")))
    for name in ("rows", "doubled_rows", "merged_orders", "event_keys", "events"):
        bench.lay_model(models[f"staging.{name}"], context.params)
    columns = [c.name for c in models["staging.events"].columns if c.name not in _NUMBERED]
    told = ", ".join(f"events.{name}" for name in columns)
    compare(
        context,
        "staging.events",
        f"select keys.customer_key, {told} from {bench.at('staging.events')} as events"
        f" inner join {keys} as keys on events.event_id = keys.event_id",
        f"select keys.customer_key, {told} from {bench.at(_EVENTS)} as events"
        f" inner join {keys} as keys on events.event_key = keys.event_key",
    )


def _prove_owners(context: RunContext) -> None:
    """Count the sample's lists again, and ask again whom they name; shared devices left out.

    An event of a list that is another customer's is not among the sample's: its list counts more.
    """
    bench = context.bench
    bench.table(
        "night.lists",
        "select named.signature_key, customers.customer_key"
        f" from {bench.stored('identity.signature_customers')} as named"
        f" inner join {bench.stored('identity.customers')} as customers"
        " on named.component_key = customers.component_key"
        f" inner join {bench.at('night.sample')} as sample"
        " on customers.customer_key = sample.customer_key"
        " where named.device_key is null",
    )
    lists = f"inner join {bench.at('night.lists')} as lists"
    carried = bench.stored("identity.event_signatures")
    compare(
        context,
        "identity.signatures",
        "select any_value(lists.customer_key) as customer_key, events.identifiers,"
        " count(*) filter (where not events.is_bot) as events,"
        " min(events.occurred_at) filter (where not events.is_bot) as first_seen_at,"
        " max(events.occurred_at) filter (where not events.is_bot) as last_seen_at"
        f" from {bench.at(_EVENTS)} as events"
        f" inner join {carried} as carried on events.event_key = carried.event_key"
        f" {lists} on carried.signature_key = lists.signature_key"
        " group by events.identifiers",
        "select lists.customer_key, told.identifiers, told.events, told.first_seen_at,"
        f" told.last_seen_at from {bench.stored('identity.signatures')} as told"
        f" {lists} on told.signature_key = lists.signature_key",
    )
    compare(
        context,
        "identity.event_customers",
        f"select lists.customer_key, carried.event_key from {carried} as carried"
        f" {lists} on carried.signature_key = lists.signature_key",
        f"select owners.customer_key, owners.event_key"
        f" from {bench.stored('identity.event_customers')} as owners"
        f" inner join {bench.at('night.keys')} as keys on owners.event_key = keys.event_key"
        f" inner join {carried} as carried on owners.event_key = carried.event_key"
        f" inner join {bench.stored('identity.signature_customers')} as named"
        " on carried.signature_key = named.signature_key and named.device_key is null",
    )


def _prove_components(context: RunContext) -> None:
    """Seek again in all lists what joins the sample's identifiers, from how they are written.

    Missing are identifiers that a list or a rule joins to the customer's and that are another's;
    extra are those of the customer that nothing leads to. What joins nothing, because a list is
    crowded or an edge conflicts, is known by the night's own tables.
    """
    bench = context.bench
    bench.table(
        "night.members",
        "select sample.customer_key, components.component_key, components.identifier_key"
        f" from {bench.at('night.sample')} as sample"
        f" inner join {bench.stored('identity.customers')} as customers using (customer_key)"
        f" inner join {bench.stored('identity.components')} as components using (component_key)",
    )
    members = bench.at("night.members")
    mentioned = (
        "select distinct signature_key, identifier_key from ("
        "     select signature_key, unnest(identifiers) as identifier"
        f"    from {bench.stored('identity.signatures')} where first_seen_at is not null and {{}}"
        ") as listed"
        f" inner join {bench.stored('identity.spellings')} as spellings"
        " on coalesce(identifier.kind, '') = spellings.kind"
        " and coalesce(identifier.value, '') = spellings.spelling"
        f" inner join {bench.stored('identity.identifiers')} as identifiers"
        " on spellings.kind = identifiers.kind and spellings.value = identifiers.value"
    )
    theirs = f" where identifier_key in (select identifier_key from {members})"
    bench.table("night.naming", mentioned.format("true") + theirs)
    crowded = f"select signature_key from {bench.stored('identity.crowded_signatures')}"
    bench.table(
        "night.joined",
        mentioned.format(
            f"signature_key in (select signature_key from {bench.at('night.naming')})"
            f" and signature_key not in ({crowded})"
        ),
    )
    joined, rules = bench.at("night.joined"), bench.stored("identity.rule_pairs")
    pair = "select left_key, right_key from"
    bench.table(
        "night.pairs",
        "select distinct least(one.identifier_key, other.identifier_key) as left_key,"
        " greatest(one.identifier_key, other.identifier_key) as right_key"
        f" from {members} as one inner join {joined} as joined using (identifier_key)"
        f" inner join {joined} as other using (signature_key)"
        " where one.identifier_key != other.identifier_key"
        f" union {pair} {rules} where is_always"
        f" except ({pair} {rules} where is_never"
        f" union {pair} {bench.stored('identity.conflicting_edges')})",
    )
    pairs = bench.at("night.pairs")
    bench.table(
        "night.reached",
        f"with recursive ends as (from {pairs} union all select right_key, left_key from {pairs}),"
        f" reached as (select customer_key, component_key as identifier_key from {members}"
        " union select customer_key, right_key from reached"
        " inner join ends on identifier_key = left_key) from reached",
    )
    compare(
        context,
        "identity.components",
        f"from {bench.at('night.reached')}",
        f"select customer_key, identifier_key from {members}",
    )


def _prove_tables(context: RunContext, proved: list[Model]) -> None:
    """Build every table of single customers again for the sample."""
    bench = context.bench
    for name in ("rows", "doubled_rows", "merged_orders", "event_keys", "events"):
        bench.remove(f"staging.{name}")
    bench.view("staging.events", f"from {bench.at(_EVENTS)}")
    some = f"customer_key in (select customer_key from {bench.at('night.sample')})"
    for model in proved:
        lay_inputs(bench, model, some, context)
        bench.lay_model(model, context.params)  # what stands was judged, and is compared with it
        columns = ", ".join(["customer_key", *(column.name for column in model.columns)])
        is_apart = is_row_mart(model)
        sides = (bench.at(model.name), place_of(model) if is_apart else bench.stored(model.name))
        if is_apart:
            keyed = f"inner join {bench.at('night.sample')} as sample using (customer_id)"
            wanted, found = (f"select {columns} from {side} {keyed}" for side in sides)
        else:
            wanted, found = (f"select {columns} from {side} where {some}" for side in sides)
        compare(context, model.name, wanted, found)


def compare(context: RunContext, table: str, wanted: str, found: str) -> None:
    """Keep whose rows differ; both queries give ``customer_key`` first.

    By their values: a hash takes an empty list and none for one.
    """
    bench = context.bench
    bench.table(
        "night.differing",
        "select customer_key, coalesce(sum(times) filter (times > 0), 0)::bigint as missing_rows,"
        " coalesce(-sum(times) filter (times < 0), 0)::bigint as extra_rows from ("
        " select * exclude (side), sum(side) as times from ("
        f" select *, 1 as side from ({wanted}) union all select *, -1 from ({found})"
        ") group by all having sum(side) != 0"
        ") group by customer_key",
    )
    if not bench.rows("night.differing"):
        return
    context.warehouse.execute(
        "insert into ops.proof_differences"
        " select $run_id, $table, coalesce(customer_id, ''), missing_rows, extra_rows"
        f" from {bench.at('night.differing')} as differing"
        f" left join {bench.at('night.sample')} as sample using (customer_key)",
        {"run_id": context.run_id, "table": table},
    )


def _judged(context: RunContext) -> CheckResult:
    query = (
        "select table_name, customer_id, missing_rows, extra_rows from ops.proof_differences"
        " order by table_name, customer_id"
    )
    differing = context.warehouse.rows(query)
    about = "what the night carried on equals what the raw rows make of the same customers"
    if differing:
        table, customer, _, _ = differing[0]
        about = f"{about}; first difference: {customer} in {table}"
    return CheckResult(CHECK, NAME, "error", about, len(differing), query)
