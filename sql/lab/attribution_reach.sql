-- model:  lab.attribution_reach
-- about:  How many settled journeys touched each unit, and how many of them converted; those that touched none have a null unit.
-- scope:  global
-- grain:  one row per unit
-- key:    unit
-- reads:  lab.attribution_touches, lab.attributed_journeys
-- column: unit      | varchar | What was touched; null for nothing.
-- column: journeys  | bigint  | Settled journeys that touched it within the look-back.
-- column: converted | bigint  | Those of them that converted.
-- column: customers | bigint  | Customers of the journeys.

with

touched as (
    select
        attribution_touches.unit,
        attributed_journeys.customer_id,
        attributed_journeys.is_converted
    from attribution_touches
    inner join attributed_journeys
        on attribution_touches.journey_key = attributed_journeys.journey_key
    where attribution_touches.is_new
    union all
    select
        null as unit,
        customer_id,
        is_converted
    from attributed_journeys
    anti join attribution_touches using (journey_key)
),

by_customer as (
    select
        unit,
        customer_id,
        count(*) as journeys,
        count(*) filter (where is_converted) as converted
    from touched
    group by unit, customer_id
)

select
    unit,
    sum(journeys)::bigint as journeys,
    sum(converted)::bigint as converted,
    count(*) as customers
from by_customer
group by unit
order by unit
