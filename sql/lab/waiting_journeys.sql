-- model:  lab.waiting_journeys
-- about:  Journeys of customers who wait for us after a touchpoint.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.waiting_now, marts.journeys
-- params: touchpoint
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | 1: a customer waits once.

select
    queue.customer_id,
    queue.journey_id,
    1 as occurrences
from waiting_now as queue
inner join journeys
    on
        queue.customer_id = journeys.customer_id
        and queue.journey_id = journeys.journey_id
where queue.touchpoint = $touchpoint
