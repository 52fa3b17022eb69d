-- model:  identity.customer_aliases
-- about:  Every change of a customer id ever published, and where each old id leads today; kept as ops.customer_aliases once the run is published.
-- scope:  global
-- grain:  one row per run, old and new id
-- key:    run_id, old_customer_id, new_customer_id
-- reads:  ops.customer_aliases, identity.fresh_aliases, identity.identifiers, identity.components, identity.customers
-- params: run_id, started_at
-- column: run_id              | varchar   | Run that changed it.
-- column: old_customer_id     | varchar   | Id before that run.
-- column: new_customer_id     | varchar   | Id after that run.
-- column: current_customer_id | varchar   | Customer who has in this run the identifier that the old id is the hash of; null where nobody has it any more.
-- column: evidence            | varchar   | 'merge', 'split' or 'late data'.
-- column: linking_kind        | varchar   | For a merge: kind of the identifier that linked the two; else null.
-- column: identifiers         | bigint    | Identifiers that went from old to new.
-- column: found_at            | timestamp | Start of that run, UTC.

with

aliases as (
    select
        run_id,
        old_customer_id,
        new_customer_id,
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
    customers.customer_id as current_customer_id,
    aliases.evidence,
    aliases.linking_kind,
    aliases.identifiers,
    aliases.found_at
from aliases
left join identity.identifiers on aliases.old_customer_id = 'c_' || identifiers.identifier_hash
left join identity.components on identifiers.identifier_key = components.identifier_key
left join identity.customers on components.component_key = customers.component_key
order by aliases.found_at, aliases.run_id, aliases.old_customer_id, aliases.new_customer_id
