-- model:  lab.funnel_taken
-- about:  Steps taken by the attempts of a funnel, each with the step taken next.
-- scope:  global
-- grain:  one row per attempt and step taken
-- key:    unit_id, attempt_number, step
-- reads:  lab.funnel_attempts, lab.funnel_touches
-- params:
-- column: unit_id        | varchar | Customer, journey or session.
-- column: attempt_number | bigint  | Attempt of the unit, counted from 1.
-- column: step           | bigint  | Step of the funnel; in any order, how many were done by then.
-- column: customer_id    | varchar | Customer.
-- column: journey_id     | varchar | Journey of the event; null where it has none.
-- column: event_number   | bigint  | Place among the customer's events.
-- column: place          | bigint  | Place among the unit's events.
-- column: occurred_us    | bigint  | Microseconds since 1970.
-- column: level          | varchar | Value of the breakdown; null where it is not known.
-- column: begun_us       | bigint  | When the attempt began.
-- column: next_step      | bigint  | Step taken next; null for the last.
-- column: next_place     | bigint  | Place of it; null for the last.
-- column: next_us        | bigint  | When it was taken; null for the last.

with

placed as (
    select
        unit_id,
        attempt_number,
        generate_subscripts(places, 1) as step,
        unnest(places) as place
    from funnel_attempts
)

select
    placed.unit_id,
    placed.attempt_number,
    placed.step,
    touches.customer_id,
    touches.journey_id,
    touches.event_number,
    placed.place,
    touches.occurred_us,
    touches.level,
    first_value(touches.occurred_us) over in_attempt as begun_us,
    lead(placed.step) over in_attempt as next_step,
    lead(placed.place) over in_attempt as next_place,
    lead(touches.occurred_us) over in_attempt as next_us
from placed
inner join funnel_touches as touches on placed.unit_id = touches.unit_id and placed.place = touches.place
window in_attempt as (partition by placed.unit_id, placed.attempt_number order by placed.step)
