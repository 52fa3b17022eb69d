"""Tables of single customers, built for some customers at a time.

Nightly for those whose events, owner or outcome changed; whole in ranges of customers, so that
memory does not depend on how many there are. A table whose header says ``scope: customer`` may be
built so, because each of its rows needs the rows of one customer alone.
"""

from dataclasses import replace
from functools import partial
from typing import Final

from journeylab.pipeline import changes, row_marts
from journeylab.pipeline.former import EVENTS
from journeylab.pipeline.passing import WAITING, heeded, touched_since
from journeylab.pipeline.ranges import Lay, build_in_ranges
from journeylab.pipeline.steps import RunContext, StepResult, judged_tables
from journeylab.warehouse import Bench, CheckResult, Model, is_row_mart, place_of

#: Tables with a row an event and no customer in it: of some customers, only their events are read.
OF_EVENTS: Final = (EVENTS, "core.event_origins")

#: The table that tells whose they are to all that follow.
OWNED_EVENTS: Final = "core.events"

#: From so many ranges on, events are dealt out by customer before the first of them; fewer go
#: through all events each, which costs less then.
DEALT_FROM: Final = 16

#: The one table of single customers that holds rows of nobody besides: events without a customer.
PUBLISHED_EVENTS: Final = "marts.events"


def why_all(context: RunContext, model: Model) -> str:
    """Why a table is built for all customers; empty where those that were touched are enough."""
    fingerprint = changes.fingerprint(context, model)
    since = changes.built_up_to(context.warehouse, model.name, fingerprint)
    return _why_all(context, model, since, changes.latest(context.warehouse))


def _why_all(context: RunContext, model: Model, since: int | None, up_to: int) -> str:
    whole = changes.why_whole(context.warehouse, since, "customer")
    if since is None or whole:
        return whole
    touched = _lay_customers(context, model, since, up_to).rows("night.customers")
    customers = context.warehouse.scalar("select count(*) from identity.customers")
    is_most = touched > context.settings.run.rebuild_all_share * customers
    return "so many customers are touched" if is_most else ""


def follow_customers(context: RunContext, model: Model) -> StepResult:
    """Bring one table of single customers up to what changed.

    Args:
        context: the run.
        model: the table.
    """
    warehouse = context.warehouse
    fingerprint = changes.fingerprint(context, model)
    since = changes.built_up_to(warehouse, model.name, fingerprint)
    up_to = changes.latest(warehouse)
    whole = _why_all(context, model, since, up_to)
    if since is None or whole:
        context.former.lose(model)
        made = _build_all(context, model, fingerprint, up_to)
        return replace(judged_tables(context, model, made, at=place_of(model)), whole=whole)
    bench = _lay_customers(context, model, since, up_to)
    touched = bench.rows("night.customers")
    some = f"customer_key in (from {bench.at('night.customers')})"
    lay_inputs(bench, model, some, context, copied=model.name not in WAITING)
    unowned = _lay_unowned(bench, since) if model.name == PUBLISHED_EVENTS else ""
    bench.build(model, context.params)
    stored, whose = stored_of(model, some), bench.at("night.customers")
    context.former.keep(model, stored, bench.at(model.name), whose)
    if is_row_mart(model):
        gone = [stored, unowned] if unowned else [stored]
        fresh = f"{bench.name}.{model.name}"
        made = row_marts.put_back(context, model, gone, fingerprint, up_to, fresh)
    else:
        with warehouse.transaction():
            made = bench.put_back(model, stored)
            changes.note_built(context, model.name, fingerprint, up_to)
    if model.name in (OWNED_EVENTS, PUBLISHED_EVENTS):  # the others read what these own
        for name in OF_EVENTS:
            bench.remove(name)
    context.former.lend(bench, model)
    return replace(judged_tables(context, model, made, at=place_of(model)), touched=touched)


def stored_of(model: Model, some: str) -> str:
    """Condition on the stored rows of some customers.

    Args:
        model: a table of single customers; a mart knows them by their published ids.
        some: condition on ``customer_key`` that holds for these customers.
    """
    if not is_row_mart(model):
        return some
    return f"customer_id in (select customer_id from ops.customer_keys where {some})"


def _lay_unowned(bench: Bench, since: int) -> str:
    """Lay the changed events without a customer beside those of the touched customers.

    Returns:
        Condition on the stored rows without a customer that leave: all but the unchanged ones,
        because an event that is gone tells its id no more.
    """
    unowned = f"from {bench.stored('core.unowned_events')} where event_key"
    changed = f"{changes.changed('event', since)} union {changes.changed('owner', since)}"
    bench.table("night.changed", changed)
    fresh = f"select event_key {unowned} in (from {bench.at('night.changed')})"
    stay = f"select event_key {unowned} not in (from {bench.at('night.changed')})"
    _lay_events(bench, f"select event_key from {bench.at(OWNED_EVENTS)} union all {fresh}")
    ids = f"select event_id from {bench.stored(EVENTS)} where event_key in ({stay})"
    return f"customer_id is null and event_id not in ({ids})"


def _lay_events(bench: Bench, keys: str) -> None:
    """Lay views of the events that a query gives the keys of."""
    for name in OF_EVENTS:
        bench.view(name, f"from {bench.stored(name)} where event_key in ({keys})")


def _lay_customers(context: RunContext, model: Model, since: int, up_to: int) -> Bench:
    """Lay the keys of the touched customers on a bench of their own, where their rows stay.

    So what one table lays or builds for the same customers lies there for the next. Tables that
    time does not change are built for fewer customers, those that wait for it for more.
    """
    told = "_".join([str(since), str(up_to), *sorted(heeded(model.name))])
    waiting = WAITING.get(model.name)
    if waiting is not None:  # named by the first table that waits for the same
        told += f"_waiting_{[*WAITING.values()].index(waiting)}"
    bench = context.bench.side(told)
    if not bench.holds("night.customers"):
        query = touched_since(model.name, since)
        if waiting is not None:
            query += f" union {waiting}"
        bench.table("night.customers", f"select change_key as customer_key from ({query})")
    return bench


def lay_inputs(
    bench: Bench, model: Model, some: str, context: RunContext, *, copied: bool = True
) -> None:
    """Lay what a model reads: of some customers where it tells of customers, else whole.

    Args:
        bench: where it is laid; what lies there already stays.
        model: the model to be built.
        some: condition on ``customer_key`` that holds for these customers.
        context: the run.
        copied: lay the rows, for customers who are all over the table; else a view of them. Of
            events the view is of all: whoever reads them seeks them by its customers' rows, and
            to find these events before costs more. Only published events begin with them.
    """
    lay = bench.table if copied else bench.view
    are_sought = not copied and model.name != PUBLISHED_EVENTS
    reads = [name for name in model.reads if not bench.holds(name)]
    for name in (name for name in reads if name not in OF_EVENTS):
        stored = bench.stored(name)
        if "customer_key" in context.warehouse.columns(name):
            lay(name, f"from {stored} where {some}")
        else:
            bench.view(name, f"from {stored}")
    owned = "identity.event_customers" if model.name == OWNED_EVENTS else OWNED_EVENTS
    for name in (name for name in reads if name in OF_EVENTS):
        if are_sought:
            bench.view(name, f"from {bench.stored(name)}")
            continue
        if not bench.holds(owned):
            bench.table(owned, f"from {bench.stored(owned)} where {some}")
        bench.view(
            name,
            f"from {bench.stored(name)}"
            f" where event_key in (select event_key from {bench.at(owned)})",
        )


def _build_all(
    context: RunContext, model: Model, fingerprint: str, up_to: int
) -> list[CheckResult]:
    """Build one table of single customers for all of them, in ranges, and note how far it is.

    Args:
        context: the run.
        model: the table.
        fingerprint: what it is built by, as ``changes.fingerprint`` tells.
        up_to: number of the latest change it has followed then.

    Returns:
        Its judged row checks.
    """

    def note() -> None:
        if is_row_mart(model):
            row_marts.note_whole(context, model, fingerprint, up_to)
        else:
            changes.note_built(context, model.name, fingerprint, up_to)

    return build_in_ranges(context, model, _ranges(context, model), note)


def _ranges(context: RunContext, model: Model) -> list[Lay]:
    """Ranges of customer keys with about as many customers as the setting says, in their order.

    Events without a customer are a range of their own, after all others.
    """
    bench, size = context.bench, context.settings.run.customers_per_range
    found = context.warehouse.rows(
        "select min(customer_key), max(customer_key) + 1 from ("
        "    select customer_key, ntile($parts) over (order by customer_key) as part"
        "    from identity.customers"
        ") group by part order by part",
        {
            "parts": max(
                1,
                -(-context.warehouse.scalar("select count(*) from identity.customers") // size),
            )
        },
    )

    def of(first: int, end: int) -> None:
        some = f"customer_key >= {first} and customer_key < {end}"
        _lay_dealt(context, model, some)
        lay_inputs(bench, model, some, context, copied=False)

    def of_nobody() -> None:
        is_dealt = _lay_dealt(context, model, "customer_key is null")
        lay_inputs(bench, model, "false", context, copied=False)
        if not is_dealt:
            _lay_events(bench, f"select event_key from {bench.at('core.unowned_events')}")

    ranges: list[Lay] = [partial(of, *ends) for ends in found]
    if model.name == OWNED_EVENTS and len(ranges) >= DEALT_FROM:
        _deal(context, model)
    return [*ranges, of_nobody] if model.name == PUBLISHED_EVENTS and ranges[1:] else ranges


def _deal(context: RunContext, model: Model) -> None:
    """Deal events out for all tables that follow; what other machines build reads none."""
    if context.dealt is not None and not context.is_made_elsewhere(model):
        context.dealt.deal(EVENTS)


def _lay_dealt(context: RunContext, model: Model, some: str) -> bool:
    """Lay the events of some customers that are dealt, and tell whether all it reads of them are.

    What is not is laid by ``lay_inputs``.
    """
    dealt, bench = context.dealt, context.bench
    if dealt is None or not dealt.holds(EVENTS):
        return False
    read = [name for name in OF_EVENTS if name in model.reads]
    found = [name for name in read if dealt.deal(name)]
    for name in found:
        dealt.view(bench, name, some)
    if model.name == OWNED_EVENTS:
        dealt.view_owners(bench, some)
    return found == read


def follow_events(context: RunContext, model: Model) -> StepResult:
    """Bring one table with a row an event up to the changed events and owners."""
    warehouse, bench = context.warehouse, context.bench
    fingerprint = changes.fingerprint(context, model)
    since = changes.built_up_to(warehouse, model.name, fingerprint)
    up_to = changes.latest(warehouse)
    kinds: tuple[changes.Kind, ...] = ("event", "owner")
    whole = changes.why_whole(warehouse, since, *kinds)
    if since is None or whole:
        return changes.build_whole(context, model, fingerprint, up_to, why=whole)
    bench.clear()
    bench.table("night.events", " union ".join(changes.changed(kind, since) for kind in kinds))
    some = f"event_key in (from {bench.at('night.events')})"
    for name in model.reads:
        is_of_events = "event_key" in warehouse.columns(name)
        bench.view(name, f"from {bench.stored(name)}" + (f" where {some}" if is_of_events else ""))
    bench.build(model, context.params)
    with warehouse.transaction():
        made = bench.put_back(model, some)
        changes.note_built(context, model.name, fingerprint, up_to)
    return judged_tables(context, model, made)
