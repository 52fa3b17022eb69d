-- model:  identity.audit
-- about:  What identity did in this run, without a raw identifier.
-- scope:  global
-- grain:  one row per measure and item
-- key:    measure, item
-- reads:  staging.events, identity.identifiers, identity.refused_identifiers, identity.customers, identity.conflicts, identity.shared_devices, identity.device_events, identity.event_customers, identity.fresh_aliases
-- column: measure | varchar | What is counted; 'customers_by_identifiers' is the histogram of component sizes.
-- column: item    | varchar | Which of them: size band, customer_id, kind and keyed hash, reason, evidence; '' for a total.
-- column: amount  | bigint  | The count.
-- column: share   | double  | Of all customers, of all events with a customer, or of all events; null where there is none to take it of.

with

totals as (
    select
        (select count(*) from identity.customers) as customers,
        (select count(*) from identity.event_customers) as assigned_events,
        (select count(*) from staging.events) as events
),

banded as (
    select
        case
            when identifiers <= 5 then identifiers::varchar
            when identifiers <= 10 then '6-10'
            when identifiers <= 20 then '11-20'
            when identifiers <= 50 then '21-50'
            when identifiers <= 100 then '51-100'
            when identifiers <= 500 then '101-500'
            else '501+'
        end as band
    from identity.customers
),

tops as (
    select kind, identifier_hash, degree
    from (
        select kind, identifier_hash, degree, first_seen_at from identity.identifiers
        union all
        select kind, identifier_hash, degree, first_seen_at from identity.refused_identifiers
    ) as counted
    where degree > 0
    order by degree desc, first_seen_at, identifier_hash
    limit 10
),

measures as (
    select 'customers' as measure, '' as item, customers as amount, customers as whole from totals
    union all
    select 'customers_by_identifiers', band, count(*), max(totals.customers)
    from banded cross join totals
    group by band
    union all
    (
        select 'largest_customer', customer_id, identifiers, null
        from identity.customers
        order by identifiers desc, customer_id
        limit 1
    )
    union all
    select 'identifiers', kind, count(*), null from identity.identifiers group by kind
    union all
    select 'refused_identifiers', reason_code, count(*), null
    from identity.refused_identifiers
    group by reason_code
    union all
    select
        'highest_degree',
        kind || ':' || identifier_hash,
        degree,
        null
    from tops
    union all
    select 'changed_customer_ids', evidence, count(*), null
    from identity.fresh_aliases
    group by evidence
    union all
    select 'merges', '', count(*), null from identity.fresh_aliases where evidence = 'merge'
    union all
    select 'conflicts', '', count(*), null from identity.conflicts
    union all
    select 'conflicts', reason, count(*), null from identity.conflicts group by reason
    union all
    select 'shared_devices', '', count(*), null from identity.shared_devices
    union all
    select 'shared_device_events', '', count(distinct event_key), max(totals.assigned_events)
    from totals left join identity.device_events on true
    union all
    select 'events_without_customer', '', events - assigned_events, events from totals
)

select
    measure,
    item,
    amount,
    amount / nullif(whole, 0) as share
from measures
order by measure, item
