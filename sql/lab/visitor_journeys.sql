-- model:  lab.visitor_journeys
-- about:  Settled dropped journeys that visited a touchpoint before the goal.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.step_flows
-- params: touchpoint
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | Visits.

select
    customer_id,
    journey_id,
    count(*) as occurrences
from step_flows
where
    part = 'before'
    and is_settled
    and outcome in ('lost', 'lapsed')
    and touchpoint = $touchpoint
group by customer_id, journey_id
