-- model:  lab.kept_move_kinds
-- about:  How often each journey made each move between two touchpoints in each direction, sorted.
-- scope:  global
-- grain:  one row per (part, from_node, to_node, direction, depth, journey)
-- key:    part, from_node, to_node, direction, depth, customer_key, journey_number
-- reads:  core.moves
-- params:
-- column: part           | varchar | 'before' or 'after' the goal.
-- column: from_node      | varchar | Touchpoint left.
-- column: to_node        | varchar | Touchpoint entered.
-- column: direction      | varchar | Direction of the move.
-- column: depth          | integer | Stages fallen.
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: transitions    | bigint  | Moves.

select
    part,
    from_node,
    to_node,
    direction,
    depth,
    customer_key,
    journey_number,
    count(*) as transitions
from core.moves
where direction is not null
group by part, from_node, to_node, direction, depth, customer_key, journey_number
order by part, from_node, to_node, direction, depth, customer_key, journey_number
