-- model:  lab.path_journeys
-- about:  Journeys that made one move of a picture of paths.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  lab.path_moves
-- params: step, from_touchpoint, to_touchpoint, is_return
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | Paths of the journey that made it.

select
    customer_id,
    journey_id,
    count(*) as occurrences
from path_moves
where
    step = $step
    and from_touchpoint = $from_touchpoint
    and to_touchpoint = $to_touchpoint
    and is_return = $is_return
group by customer_id, journey_id
