-- model:  lab.funnel_taken
-- about:  Steps taken by the attempts of a funnel, each with the step taken next.
-- scope:  global
-- grain:  one row per attempt and step taken
-- key:    unit_id, attempt_number, step
-- reads:  lab.funnel_walks
-- params:
-- column: customer_id    | varchar | Customer.
-- column: unit_id        | varchar | Customer, journey or session.
-- column: attempt_number | bigint  | Attempt of the unit, counted from 1.
-- column: step           | bigint  | Step of the funnel; in any order, how many were done by then.
-- column: place          | bigint  | Place among the unit's events.
-- column: occurred_us    | bigint  | Microseconds since 1970.
-- column: begun_us       | bigint  | When the attempt began.
-- column: next_step      | bigint  | Step taken next; null for the last.
-- column: next_place     | bigint  | Place of it; null for the last.
-- column: next_us        | bigint  | When it was taken; null for the last.

with

lined_up as (
    select
        customer_id,
        unit_id,
        attempt_number,
        places,
        instants,
        list_filter(range(1, len(places) + 1), lambda step: places[step] is not null) as steps
    from funnel_walks
),

taken as (
    select
        customer_id,
        unit_id,
        attempt_number,
        places,
        instants,
        unnest(steps) as step,
        unnest(list_append(steps[2:], null)) as next_step
    from lined_up
)

select
    customer_id,
    unit_id,
    attempt_number,
    step,
    places[step] as place,
    instants[step] as occurred_us,
    instants[1] as begun_us,
    next_step,
    places[next_step] as next_place,
    instants[next_step] as next_us
from taken
