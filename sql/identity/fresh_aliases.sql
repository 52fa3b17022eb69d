-- model:  identity.fresh_aliases
-- about:  Customer ids that this run changed, with the evidence.
-- scope:  global
-- grain:  one row per old and new id
-- key:    old_customer_id, new_customer_id
-- reads:  ops.identifier_owners, identity.owner_changes, identity.customers, identity.edges, identity.conflicting_edges, identity.identifiers
-- column: old_customer_id | varchar | Id in the last published run.
-- column: new_customer_id | varchar | Id in this run.
-- column: evidence        | varchar | 'split' where the old id lives on, 'merge' where the new one was there before, else 'late data'.
-- column: linking_kind    | varchar | For a merge: kind of the strongest identifier outside the old customer that one of its own is now joined to; else null.
-- column: identifiers     | bigint  | Identifiers that went from old to new.

with

moves as (
    select
        old_customer_id,
        new_customer_id,
        count(*) as identifiers
    from identity.owner_changes
    group by old_customer_id, new_customer_id
),

neighbours as (
    select left_key as identifier_key, right_key as neighbour_key
    from identity.edges
    anti join identity.conflicting_edges using (left_key, right_key)
    union all
    select right_key, left_key
    from identity.edges
    anti join identity.conflicting_edges using (left_key, right_key)
),

links as (
    select
        owner_changes.old_customer_id,
        owner_changes.new_customer_id,
        arg_min(outside.kind, (outside.kind_rank, outside.identifier_key)) as linking_kind
    from identity.owner_changes
    inner join neighbours on owner_changes.identifier_key = neighbours.identifier_key
    inner join identity.identifiers as outside
        on neighbours.neighbour_key = outside.identifier_key
    left join ops.identifier_owners as past
        on
            outside.kind = past.kind
            and outside.value = past.value
    where owner_changes.old_customer_id is distinct from past.customer_id
    group by owner_changes.old_customer_id, owner_changes.new_customer_id
),

judged as (
    select
        moves.*,
        case
            when moves.old_customer_id in (select customer_id from identity.customers) then 'split'
            when moves.new_customer_id in (select customer_id from ops.identifier_owners)
                then 'merge'
            else 'late data'
        end as evidence
    from moves
)

select
    judged.old_customer_id,
    judged.new_customer_id,
    judged.evidence,
    case when judged.evidence = 'merge' then links.linking_kind end as linking_kind,
    judged.identifiers
from judged
left join links
    on
        judged.old_customer_id = links.old_customer_id
        and judged.new_customer_id = links.new_customer_id
