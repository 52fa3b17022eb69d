-- model:  identity.shared_devices
-- about:  Identifiers that several customers use; they assign events and join nobody but their first owner.
-- scope:  global
-- grain:  one row per shared device
-- key:    identifier_key
-- reads:  identity.device_owners, identity.device_events, identity.identifiers, identity.customers
-- column: identifier_key    | integer   | Shared identifier.
-- column: kind              | varchar   | Kind of identifier.
-- column: value             | varchar   | Normalised value; private.
-- column: identifier_hash   | varchar   | Keyed hash of kind and value.
-- column: first_customer_id | varchar   | First owner, whose member it is.
-- column: owners            | bigint    | Customers who use it, the first one included.
-- column: events            | bigint    | Events that carry it.
-- column: assigned_events   | bigint    | Those of them that nothing but a shared device could give to a customer.
-- column: first_seen_at     | timestamp | First event that carried it, UTC.
-- column: last_seen_at      | timestamp | Last event that carried it, UTC.

with

owned as (
    select
        device_key,
        count(*) as owners,
        max(component_key) filter (where is_first_owner) as first_owner_key
    from identity.device_owners
    group by device_key
),

used as (
    select
        device_key,
        count(*) as events,
        count(*) filter (where named_key is null) as assigned_events
    from identity.device_events
    group by device_key
)

select
    identifiers.identifier_key,
    identifiers.kind,
    identifiers.value,
    identifiers.identifier_hash,
    customers.customer_id as first_customer_id,
    owned.owners,
    coalesce(used.events, 0) as events,
    coalesce(used.assigned_events, 0) as assigned_events,
    identifiers.first_seen_at,
    identifiers.last_seen_at
from owned
inner join identity.identifiers on owned.device_key = identifiers.identifier_key
left join used on owned.device_key = used.device_key
left join identity.customers on owned.first_owner_key = customers.component_key
order by identifiers.identifier_key
