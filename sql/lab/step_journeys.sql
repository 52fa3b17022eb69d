-- model:  lab.step_journeys
-- about:  Journeys that stand at one touchpoint in one column of a picture of paths.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  lab.path_moves
-- params: step, touchpoint
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | Paths of the journey that stand there.

select
    customer_id,
    journey_id,
    count(*) as occurrences
from path_moves
where step = $step and from_touchpoint = $touchpoint
group by customer_id, journey_id
