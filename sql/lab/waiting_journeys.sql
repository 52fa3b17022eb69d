-- model:  lab.waiting_journeys
-- about:  Journeys of customers who wait for us after a touchpoint.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.waiting_now
-- params: touchpoint
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | 1: a customer waits once.

select
    customer_id,
    journey_id,
    1 as occurrences
from waiting_now
where touchpoint = $touchpoint
