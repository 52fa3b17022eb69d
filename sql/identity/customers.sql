-- model:  identity.customers
-- about:  The customers: components of which at least one identifier was seen.
-- scope:  global
-- grain:  one row per customer
-- key:    customer_key
-- reads:  ops.customer_keys, identity.components, identity.identifiers
-- column: customer_key  | integer   | Number inside, kept from run to run; a whole build counts from 0 in the order of customer_id; never published.
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
),

numbers as (
    select coalesce(max(customer_key) + 1, 0) as next_key
    from ops.customer_keys
)

select
    coalesce(
        kept.customer_key,
        numbers.next_key - 1 + row_number() over (
            partition by kept.customer_key is null order by named.customer_id
        )
    )::integer as customer_key,
    named.customer_id,
    named.identifiers,
    named.first_seen_at,
    named.component_key
from named
cross join numbers
left join ops.customer_keys as kept on named.customer_id = kept.customer_id
order by customer_key
