-- model:  lab.archetype_journeys
-- about:  Settled journeys of one archetype.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.journey_archetypes, marts.journeys
-- params: archetype_number
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | 1: a journey is of one archetype.

select
    found.customer_id,
    found.journey_id,
    1::bigint as occurrences
from journey_archetypes as found
inner join journeys
    on
        found.customer_id = journeys.customer_id
        and found.journey_id = journeys.journey_id
where found.archetype_number = $archetype_number
