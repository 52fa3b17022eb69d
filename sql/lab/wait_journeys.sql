-- model:  lab.wait_journeys
-- about:  Settled journeys that went on from a touchpoint before the goal.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  lab.moves
-- params: touchpoint
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | Visits after which a step followed.

select
    customer_id,
    journey_id,
    count(*) as occurrences
from moves
where part = 'before' and is_settled and from_node = $touchpoint and is_step
group by customer_id, journey_id
