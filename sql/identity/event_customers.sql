-- model:  identity.event_customers
-- about:  Whose each event is. An event without an accepted identifier is nobody's and has no row.
-- scope:  global
-- grain:  one row per event that has a customer
-- key:    event_key
-- reads:  identity.event_signatures, identity.signature_customers, identity.device_events, identity.customers
-- column: event_key    | bigint  | Event.
-- column: customer_key | integer | Customer.

select
    event_signatures.event_key,
    customers.customer_key
from identity.event_signatures
inner join identity.signature_customers
    on event_signatures.signature_key = signature_customers.signature_key
left join identity.device_events
    on
        event_signatures.event_key = device_events.event_key
        and device_events.is_deciding
inner join identity.customers
    on
        coalesce(device_events.component_key, signature_customers.component_key)
        = customers.component_key
order by event_signatures.event_key
