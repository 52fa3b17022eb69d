-- model:  marts.customer_aliases
-- about:  Every change of a customer id ever published, and where each old id leads today.
-- scope:  global
-- grain:  one row per run, old and new id
-- key:    run_id, old_customer_id, new_customer_id
-- reads:  identity.customer_aliases
-- column: run_id              | varchar   | Run that changed it.
-- column: old_customer_id     | varchar   | Id before that run.
-- column: new_customer_id     | varchar   | Id after that run.
-- column: current_customer_id | varchar   | Id in this snapshot; null where none of its identifiers is accepted any more.
-- column: evidence            | varchar   | 'merge', 'split' or 'late data'.
-- column: linking_kind        | varchar   | For a merge, the kind of the identifier that linked the two; else null.
-- column: identifiers         | bigint    | Identifiers that went from old to new.
-- column: found_at            | timestamp | Start of that run, UTC.

select
    run_id,
    old_customer_id,
    new_customer_id,
    current_customer_id,
    evidence,
    linking_kind,
    identifiers,
    found_at
from identity.customer_aliases
order by run_id, old_customer_id, new_customer_id
