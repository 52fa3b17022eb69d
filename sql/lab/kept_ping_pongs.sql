-- model:  lab.kept_ping_pongs
-- about:  How often each journey went to and fro between each pair, by where it began to, sorted.
-- scope:  global
-- grain:  one row per (pair, journey)
-- key:    keys, customer_key, journey_number
-- reads:  core.ping_pongs
-- params:
-- column: keys           | varchar | Codes of its touchpoints, joined by commas.
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: bounces        | bigint  | Bounces.
-- column: runs           | bigint  | Unbroken runs of them.
-- column: rounds         | bigint  | Most rounds of one run.

select
    array_to_string(pair_keys, ',') as keys,
    customer_key,
    journey_number,
    sum(bounces)::bigint as bounces,
    count(*) as runs,
    max(rounds) as rounds
from core.ping_pongs
group by keys, customer_key, journey_number
order by keys, customer_key, journey_number
