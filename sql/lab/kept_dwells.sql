-- model:  lab.kept_dwells
-- about:  Time from the first to the last event of visits, ascending, so that quantiles of any journeys are looked up.
-- scope:  global
-- grain:  one row per step
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
    epoch_us(left_at) - epoch_us(entered_at) as value
from core.steps
where part != 'service'
order by part, touchpoint_key, value, customer_key, journey_number
