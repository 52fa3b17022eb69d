-- model:  identity.identifier_owners
-- about:  The customer of every accepted identifier; kept as ops.identifier_owners once the run is published.
-- scope:  global
-- grain:  one row per accepted identifier that was seen
-- key:    kind, value
-- reads:  identity.identifiers, identity.components, identity.customers
-- column: kind        | varchar | Kind of identifier.
-- column: value       | varchar | Normalised value; private.
-- column: customer_id | varchar | Customer it belongs to.

select
    identifiers.kind,
    identifiers.value,
    customers.customer_id
from identity.identifiers
inner join identity.components on identifiers.identifier_key = components.identifier_key
inner join identity.customers on components.component_key = customers.component_key
where identifiers.first_seen_at is not null
