-- model:  lab.kept_brackets
-- about:  Journeys that start or end at a bracketed node, sorted, so that any journeys are added up in one pass.
-- scope:  global
-- grain:  one row per (part, node, journey)
-- key:    part, node, customer_key, journey_number
-- reads:  core.moves
-- params:
-- column: part           | varchar | 'before' or 'after' the goal.
-- column: node           | varchar | '(start)', '(converted)', '(dropped)', '(open)' or '(end)'.
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: moves          | bigint  | Moves from it or to it.

with

bracketed as (
    select
        part,
        from_node as node,
        customer_key,
        journey_number
    from core.moves
    where from_node in ('(start)', '(converted)')
    union all
    select
        part,
        to_node as node,
        customer_key,
        journey_number
    from core.moves
    where to_node in ('(converted)', '(dropped)', '(open)', '(end)')
)

select
    part,
    node,
    customer_key,
    journey_number,
    count(*) as moves
from bracketed
group by part, node, customer_key, journey_number
order by part, node, customer_key, journey_number
