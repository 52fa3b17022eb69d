-- model:  lab.funnel_clocked
-- about:  Events of a plain funnel on one clock for all customers: from one event to the next it runs on by the time between, at most by just more than the window, and so it does from one customer to the next. Windows without a partition stream over the rows as they are stored; an error tells where these are not in order.
-- scope:  global
-- grain:  one row per event that fits a step
-- key:    unit_number, place
-- reads:  lab.funnel_fits
-- params: window_us
-- column: unit_number | integer | Customer, counted from 1 as they stand.
-- column: place       | bigint  | Place among the customer's events.
-- column: fits        | integer | The step it fits, as a bit.
-- column: clock_us    | bigint  | The clock, in microseconds.
-- column: chain_us    | bigint  | Where the event fits step 1, the clock; else null.
-- column: start_us    | bigint  | The same.

with

lined_up as (
    select
        place,
        fits,
        pause_us,
        former_id is distinct from customer_id as is_first,
        former_id > customer_id
        or former_id = customer_id and (former_place >= place or pause_us < 0)
        or bit_count(fits) > 1 as is_broken
    from (
        select
            event_number as place,
            fits,
            customer_id,
            lag(customer_id) over () as former_id,
            lag(event_number) over () as former_place,
            occurred_us - lag(occurred_us) over () as pause_us
        from funnel_fits
        where fits > 0
    ) as neighbours
),

clocked as (
    select
        place,
        case
            when is_broken then error('events do not stand by customer, or one fits two steps')
            else fits
        end::integer as fits,
        sum(is_first::integer) over (rows between unbounded preceding and current row)::integer as unit_number,
        sum(if(is_first, $window_us + 1, least(pause_us, $window_us + 1))) over (
            rows between unbounded preceding and current row
        )::bigint as clock_us
    from lined_up
)

select
    unit_number,
    place,
    fits,
    clock_us,
    if(fits = 1, clock_us, null) as chain_us,
    if(fits = 1, clock_us, null) as start_us
from clocked
