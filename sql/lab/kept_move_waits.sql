-- model:  lab.kept_move_waits
-- about:  Waits of the moves between two touchpoints, ascending, so that quantiles of any journeys are looked up.
-- scope:  global
-- grain:  one row per move with a wait
-- key:
-- reads:  core.moves
-- params:
-- column: part           | varchar | 'before' or 'after' the goal.
-- column: from_node      | varchar | Touchpoint left.
-- column: to_node        | varchar | Touchpoint entered.
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: value          | bigint  | Microseconds.

select
    part,
    from_node,
    to_node,
    customer_key,
    journey_number,
    wait_microseconds as value
from core.moves
where direction is not null and wait_microseconds is not null
order by part, from_node, to_node, value, customer_key, journey_number
