-- model:  lab.zombie_journeys
-- about:  The open journey of a customer who will hardly buy.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.zombie_leads, marts.journeys
-- params: journey_id
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | 1: it is one journey.

select
    found.customer_id,
    found.journey_id,
    1::bigint as occurrences
from zombie_leads as found
inner join journeys
    on
        found.customer_id = journeys.customer_id
        and found.journey_id = journeys.journey_id
where found.journey_id = $journey_id
