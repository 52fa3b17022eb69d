-- model:  graph.paths
-- about:  The path of each journey up to the goal, its touchpoints in order; service journeys have none.
-- scope:  customer
-- grain:  one row per journey with a step before the goal
-- key:    customer_key, journey_number
-- reads:  core.steps
-- column: customer_key    | integer     | Customer.
-- column: journey_number  | integer     | Journey of the customer.
-- column: touchpoint_keys | usmallint[] | Touchpoints of its steps, in order.

select
    customer_key,
    journey_number,
    list(touchpoint_key order by step_number) as touchpoint_keys
from core.steps
where part = 'before'
group by customer_key, journey_number
