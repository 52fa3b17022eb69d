-- model:  identity.conflicts
-- about:  Pairs seen together that are not joined: a customer would get two values of an exclusive kind, a 'never' rule would break, or a shared device would join others.
-- scope:  global
-- grain:  one row per conflicting pair
-- key:    left_key, right_key
-- reads:  identity.conflicting_edges, identity.identifiers, identity.components, identity.customers, identity.pairs
-- column: left_key              | integer   | The one with the lesser key.
-- column: right_key             | integer   | The one with the greater key.
-- column: shared_key            | integer   | The one that is a shared device: of two that are not exclusive the one of the lesser kind, then the one seen later; null where both are exclusive.
-- column: reason                | varchar   | 'exclusive_kind', 'never_rule', or 'shared_device' where one of the two was shared before they met.
-- column: exclusive_kind        | varchar   | Kind of which a customer would have got two; null for another reason.
-- column: left_kind             | varchar   | Kind of the left one.
-- column: left_value            | varchar   | Its normalised value; private.
-- column: left_identifier_hash  | varchar   | Its keyed hash.
-- column: left_customer_id      | varchar   | Customer it belongs to; null where only rules name it.
-- column: right_kind            | varchar   | Kind of the right one.
-- column: right_value           | varchar   | Its normalised value; private.
-- column: right_identifier_hash | varchar   | Its keyed hash.
-- column: right_customer_id     | varchar   | Customer it belongs to; null where only rules name it.
-- column: events                | bigint    | Events with both; 0 where only a rule joins them.
-- column: first_seen_at         | timestamp | First event with both, UTC; null where only a rule joins them.

with

ends as (
    select
        identifiers.*,
        customers.customer_id
    from identity.identifiers
    inner join identity.components on identifiers.identifier_key = components.identifier_key
    left join identity.customers on components.component_key = customers.component_key
    where
        identifiers.identifier_key in (select left_key from identity.conflicting_edges)
        or identifiers.identifier_key in (select right_key from identity.conflicting_edges)
)

select
    conflicting_edges.left_key,
    conflicting_edges.right_key,
    conflicting_edges.shared_key,
    conflicting_edges.reason,
    conflicting_edges.exclusive_kind,
    one.kind as left_kind,
    one.value as left_value,
    one.identifier_hash as left_identifier_hash,
    one.customer_id as left_customer_id,
    other.kind as right_kind,
    other.value as right_value,
    other.identifier_hash as right_identifier_hash,
    other.customer_id as right_customer_id,
    coalesce(pairs.events, 0) as events,
    pairs.first_seen_at
from identity.conflicting_edges
inner join ends as one on conflicting_edges.left_key = one.identifier_key
inner join ends as other on conflicting_edges.right_key = other.identifier_key
left join identity.pairs
    on
        conflicting_edges.left_key = pairs.left_key
        and conflicting_edges.right_key = pairs.right_key
order by conflicting_edges.edge_number
