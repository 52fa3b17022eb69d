-- model:  lab.kept_ping_pong_rounds
-- about:  Rounds of runs to and fro, ascending, so that quantiles of any journeys are looked up.
-- scope:  global
-- grain:  one row per run
-- key:
-- reads:  core.ping_pongs
-- params:
-- column: keys           | varchar | Codes of its touchpoints, joined by commas.
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: value          | bigint  | Rounds.

select
    array_to_string(pair_keys, ',') as keys,
    customer_key,
    journey_number,
    rounds as value
from core.ping_pongs
order by keys, value, customer_key, journey_number
