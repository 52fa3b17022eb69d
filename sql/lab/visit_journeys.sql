-- model:  lab.visit_journeys
-- about:  Journeys that visited a touchpoint before the goal, open ones too.
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
where part = 'before' and touchpoint = $touchpoint
group by customer_id, journey_id
