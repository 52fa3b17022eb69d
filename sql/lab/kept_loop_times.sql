-- model:  lab.kept_loop_times
-- about:  Times of walked loops, ascending, so that quantiles of any journeys are looked up.
-- scope:  global
-- grain:  one row per walked loop
-- key:
-- reads:  core.loop_walks
-- params:
-- column: keys           | varchar | Codes of its touchpoints, joined by commas.
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: value          | bigint  | Microseconds.

select
    array_to_string(loop_keys, ',') as keys,
    customer_key,
    journey_number,
    epoch_us(ended_at) - epoch_us(started_at) as value
from core.loop_walks
order by keys, value, customer_key, journey_number
