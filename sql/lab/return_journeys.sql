-- model:  lab.return_journeys
-- about:  Settled journeys that came back to a touchpoint before the goal.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  lab.moves
-- params: touchpoint
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | Visits when they had been there before.

select
    customer_id,
    journey_id,
    count(*) as occurrences
from moves
where part = 'before' and is_settled and to_node = $touchpoint and is_return
group by customer_id, journey_id
