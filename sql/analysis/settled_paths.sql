-- model:  analysis.settled_paths
-- about:  The path of each settled journey up to the goal, service journeys left out; empty without a designed map, which alone asks for it.
-- scope:  customer
-- grain:  one row per journey
-- key:    customer_key, journey_number
-- reads:  core.steps, core.journeys, config.designed_map
-- column: customer_key    | integer     | Customer.
-- column: journey_number  | integer     | Journey of the customer.
-- column: touchpoint_keys | usmallint[] | Its touchpoints in order.

select
    steps.customer_key,
    steps.journey_number,
    list(steps.touchpoint_key order by steps.step_number) as touchpoint_keys
from core.steps
inner join core.journeys
    on
        steps.customer_key = journeys.customer_key
        and steps.journey_number = journeys.journey_number
where
    steps.part = 'before'
    and journeys.is_settled
    and exists (select 1 from config.designed_map)
group by steps.customer_key, steps.journey_number
