-- model:  lab.funnel_lined
-- about:  Events of a plain funnel as they are stored, each customer's together and in their order, customers told apart by a hash. Windows without a partition stream over them. An error tells where a customer's events are not in order, or one fits two steps.
-- scope:  global
-- grain:  one row per event that fits a step
-- key:    unit_key, place
-- reads:  marts.events
-- params: fits, is_step, window_us
-- column: unit_key | ubigint | Hash of the customer.
-- column: place    | integer | Place among the customer's events.
-- column: fits     | integer | The step it fits, as a bit.
-- column: is_first | boolean | Whether it is the customer's first of these.
-- column: chain    | bigint  | Where it fits step 1, the chain that begins with it: microseconds since 1970 × 2048 + place modulo 2048, which tells events of one instant apart; else null.
-- column: oldest   | bigint  | Least chain that began within the window before it: (microseconds since 1970 - window) × 2048.

with

stored as (
    select
        hash(customer_id) as unit_key,
        event_number as place,
        epoch_us(occurred_at) as occurred_us,
        $fits::integer as fits
    from events
    where customer_id is not null and not is_bot and $is_step
),

neighbours as (
    select
        unit_key,
        place,
        occurred_us,
        fits,
        coalesce(former_unit != unit_key, true) as is_first,
        former_place >= place or former_us > occurred_us as is_behind
    from (
        select
            unit_key,
            place,
            occurred_us,
            fits,
            lag(unit_key) over () as former_unit,
            lag(place) over () as former_place,
            lag(occurred_us) over () as former_us
        from stored
    ) as placed
)

select
    unit_key,
    place,
    case
        when is_behind and not is_first or bit_count(fits) > 1
            then error('events of a customer are not in order, or one fits two steps')
        else fits
    end::integer as fits,
    is_first,
    if(fits = 1, (occurred_us << 11) + (place & 2047), null) as chain,
    (occurred_us - $window_us) << 11 as oldest
from neighbours
