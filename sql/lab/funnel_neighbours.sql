-- model:  lab.funnel_neighbours
-- about:  As lab.funnel_touches, places counted without holes, so that neighbours in the log are one apart.
-- scope:  global
-- grain:  one row per event that fits a step or an exclusion
-- key:    unit_id, place
-- reads:  lab.funnel_owned
-- params: unit
-- column: unit_id     | varchar | Customer, journey or session.
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey of the event; null where it has none.
-- column: event_number | bigint | Place among the customer's events.
-- column: place       | bigint  | Place among the unit's events.
-- column: occurred_us | bigint  | Microseconds since 1970.
-- column: fits        | integer | Steps it fits, as bits.
-- column: excluded    | integer | Exclusions it fits, as bits.
-- column: held        | varchar | Value that an attempt holds; null where it is not known.
-- column: level       | varchar | Value of the breakdown; null where it is not known.

with

placed as (
    select
        case $unit
            when 'customer' then customer_id
            when 'journey' then journey_id
            when 'session' then session_id
        end as unit_id,
        customer_id,
        journey_id,
        event_number,
        row_number() over (partition by unit_id order by event_number) as place,
        occurred_us,
        fits,
        excluded,
        held,
        level
    from funnel_owned
    where unit_id is not null
)

select
    unit_id,
    customer_id,
    journey_id,
    event_number,
    place,
    occurred_us,
    fits,
    excluded,
    held,
    level
from placed
where fits > 0 or excluded > 0
