-- model:  lab.arc_journeys
-- about:  Journeys that made one move of the graph either into a touchpoint not seen before in its part, or back into one that was.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  lab.moves
-- params: part, from_node, to_node, is_return
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | Times they made it so.

select
    customer_id,
    journey_id,
    count(*) as occurrences
from moves
where
    part = $part
    and from_node = $from_node
    and to_node = $to_node
    and is_return = $is_return
group by customer_id, journey_id
