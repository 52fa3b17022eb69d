-- model:  lab.deviation_journeys
-- about:  Settled journeys that leave the designed map in one way.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.journey_conformance, marts.journeys
-- params: kind, touchpoint
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | 1: a deviation of a journey is told once.

select
    found.customer_id,
    found.journey_id,
    1::bigint as occurrences
from journey_conformance as found
inner join journeys
    on
        found.customer_id = journeys.customer_id
        and found.journey_id = journeys.journey_id
where list_contains(found.deviation_names, $kind::varchar || ' ' || $touchpoint::varchar)
