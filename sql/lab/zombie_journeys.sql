-- model:  lab.zombie_journeys
-- about:  Open journeys of customers who will hardly buy, by the touchpoint of their last step.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.zombie_leads, marts.journeys
-- params: touchpoint
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | 1: a journey stands at one touchpoint.

select
    found.customer_id,
    found.journey_id,
    1::bigint as occurrences
from zombie_leads as found
inner join journeys
    on
        found.customer_id = journeys.customer_id
        and found.journey_id = journeys.journey_id
where found.touchpoint = $touchpoint
