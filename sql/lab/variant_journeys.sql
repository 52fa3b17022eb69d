-- model:  lab.variant_journeys
-- about:  Journeys whose path up to the goal is one given path.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.step_flows
-- params: touchpoints
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | 1: a journey has one path.

select
    customer_id,
    journey_id,
    1 as occurrences
from step_flows
where part = 'before'
group by customer_id, journey_id
having list(touchpoint order by step_number) = $touchpoints::varchar[]
