-- model:  identity.customers
-- about:  The customers: components of which at least one identifier was seen.
-- scope:  global
-- grain:  one row per customer
-- key:    customer_key
-- reads:  identity.components, identity.identifiers
-- column: customer_key  | integer   | Counted from 0 in the order of customer_id, so that rows in its order are in that of customer_id; never published.
-- column: customer_id   | varchar   | 'c_' and the keyed hash of kind and value of the earliest identifier.
-- column: identifiers   | bigint    | Accepted identifiers of the customer.
-- column: first_seen_at | timestamp | First event that carried one of them, UTC.
-- column: component_key | integer   | Key of the earliest identifier.

with

counted as (
    select component_key, count(*) as identifiers
    from identity.components
    group by component_key
),

named as (
    select
        'c_' || earliest.identifier_hash as customer_id,
        counted.identifiers,
        earliest.first_seen_at,
        counted.component_key
    from counted
    inner join identity.identifiers as earliest
        on counted.component_key = earliest.identifier_key
    where earliest.first_seen_at is not null
)

select
    (row_number() over (order by customer_id) - 1)::integer as customer_key,
    customer_id,
    identifiers,
    first_seen_at,
    component_key
from named
