-- model:  identity.customer_aliases
-- about:  Every change of a customer id ever published, and where each old id leads today; kept as ops.customer_aliases once the run is published.
-- scope:  global
-- grain:  one row per run, old and new id
-- key:    run_id, old_customer_id, new_customer_id
-- reads:  ops.customer_aliases, identity.fresh_aliases, identity.customers
-- params: run_id, started_at
-- column: run_id              | varchar   | Run that changed it.
-- column: old_customer_id     | varchar   | Id before that run.
-- column: new_customer_id     | varchar   | Id after that run.
-- column: current_customer_id | varchar   | Id in this run: of several parts the one with most identifiers; the old id itself where it is a customer again or still; null where none of its identifiers is accepted any more.
-- column: evidence            | varchar   | 'merge', 'split' or 'late data'.
-- column: linking_kind        | varchar   | For a merge: kind of the identifier that linked the two; else null.
-- column: identifiers         | bigint    | Identifiers that went from old to new.
-- column: found_at            | timestamp | Start of that run, UTC.

with

ways as (
    select
        old_customer_id,
        arg_min(new_customer_id, (-identifiers, new_customer_id)) as new_customer_id
    from identity.fresh_aliases
    group by old_customer_id
),

aliases as (
    select
        run_id,
        old_customer_id,
        new_customer_id,
        current_customer_id,
        evidence,
        linking_kind,
        identifiers,
        found_at
    from ops.customer_aliases
    union all
    select
        $run_id::varchar,
        old_customer_id,
        new_customer_id,
        old_customer_id,
        evidence,
        linking_kind,
        identifiers,
        $started_at::timestamp
    from identity.fresh_aliases
)

select
    aliases.run_id,
    aliases.old_customer_id,
    aliases.new_customer_id,
    coalesce(living.customer_id, present.customer_id, ways.new_customer_id) as current_customer_id,
    aliases.evidence,
    aliases.linking_kind,
    aliases.identifiers,
    aliases.found_at
from aliases
left join identity.customers as living on aliases.old_customer_id = living.customer_id
left join identity.customers as present on aliases.current_customer_id = present.customer_id
left join ways on aliases.current_customer_id = ways.old_customer_id
order by aliases.found_at, aliases.run_id, aliases.old_customer_id, aliases.new_customer_id
