-- model:  lab.settled_paths
-- about:  The path of each settled journey up to the goal, service journeys left out.
-- scope:  global
-- grain:  one row per journey
-- key:    journey_id
-- reads:  marts.steps, marts.journeys
-- column: customer_id | varchar   | Customer.
-- column: journey_id  | varchar   | Journey.
-- column: outcome     | varchar   | 'converted' or 'dropped'.
-- column: touchpoints | varchar[] | Its touchpoints in order.

select
    any_value(journeys.customer_id) as customer_id,
    journeys.journey_id,
    if(any_value(journeys.outcome) = 'converted', 'converted', 'dropped') as outcome,
    list(steps.touchpoint order by steps.step_number) as touchpoints
from journeys
inner join steps on journeys.journey_id = steps.journey_id
where journeys.is_settled and steps.part = 'before'
group by journeys.journey_id
order by journeys.journey_id
