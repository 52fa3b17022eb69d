-- model:  lab.kept_ping_pong_entries
-- about:  How often each journey began to go to and fro between each pair at each of the two, sorted.
-- scope:  global
-- grain:  one row per (pair, touchpoint, journey)
-- key:    keys, touchpoint_key, customer_key, journey_number
-- reads:  core.ping_pongs
-- params:
-- column: keys           | varchar   | Codes of its touchpoints, joined by commas.
-- column: touchpoint_key | usmallint | Touchpoint it began at.
-- column: customer_key   | integer   | Customer.
-- column: journey_number | integer   | Journey of the customer.
-- column: occurrences    | bigint    | Runs.

select
    array_to_string(pair_keys, ',') as keys,
    entered_touchpoint_key as touchpoint_key,
    customer_key,
    journey_number,
    count(*) as occurrences
from core.ping_pongs
group by keys, touchpoint_key, customer_key, journey_number
order by keys, touchpoint_key, customer_key, journey_number
