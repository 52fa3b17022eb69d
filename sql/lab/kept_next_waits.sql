-- model:  lab.kept_next_waits
-- about:  Waits from leaving a touchpoint to the next step, ascending, so that quantiles of any journeys are looked up.
-- scope:  global
-- grain:  one row per step with a step after it
-- key:
-- reads:  core.steps
-- params:
-- column: part           | varchar   | 'before' or 'after' the goal.
-- column: touchpoint_key | usmallint | Touchpoint.
-- column: customer_key   | integer   | Customer.
-- column: journey_number | integer   | Journey of the customer.
-- column: value          | bigint    | Microseconds.

select
    part,
    touchpoint_key,
    customer_key,
    journey_number,
    next_wait_microseconds as value
from core.steps
where part != 'service' and next_wait_microseconds is not null
order by part, touchpoint_key, value, customer_key, journey_number
