-- model:  lab.kept_moves
-- about:  How often each journey made each move, sorted, so that any journeys are added up in one pass.
-- scope:  global
-- grain:  one row per (part, from_node, to_node, journey)
-- key:    part, from_node, to_node, customer_key, journey_number
-- reads:  core.moves
-- params:
-- column: part           | varchar | 'before' or 'after' the goal.
-- column: from_node      | varchar | Node left.
-- column: to_node        | varchar | Node entered.
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: is_settled     | integer | 1 if the journey is settled.
-- column: transitions    | bigint  | Moves.
-- column: returns        | bigint  | Those into a touchpoint that already occurred in the part.
-- column: bounces        | bigint  | Those of the form A, B, A.
-- column: value          | bigint  | Gross value of the journey in ten thousandths; 0 without one.

select
    part,
    from_node,
    to_node,
    customer_key,
    journey_number,
    any_value(is_settled)::integer as is_settled,
    count(*) as transitions,
    count(*) filter (where is_return) as returns,
    count(*) filter (where is_bounce) as bounces,
    coalesce((any_value(value) * 10000)::bigint, 0) as value
from core.moves
group by part, from_node, to_node, customer_key, journey_number
order by part, from_node, to_node, customer_key, journey_number
