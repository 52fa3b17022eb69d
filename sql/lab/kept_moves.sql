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
-- column: transitions    | bigint  | Moves.
-- column: returns        | bigint  | Those into a touchpoint that already occurred in the part.
-- column: bounces        | bigint  | Those of the form A, B, A.

select
    part,
    from_node,
    to_node,
    customer_key,
    journey_number,
    count(*) as transitions,
    count(*) filter (where is_return) as returns,
    count(*) filter (where is_bounce) as bounces
from core.moves
group by part, from_node, to_node, customer_key, journey_number
order by part, from_node, to_node, customer_key, journey_number
