-- model:  lab.funnel_who
-- about:  Attempts of a funnel: who got how far, and when.
-- scope:  global
-- grain:  one row per attempt, and level where it has several
-- key:    unit_id, attempt_number, level
-- reads:  lab.funnel_told, lab.funnel_touches
-- params: steps
-- column: customer_id    | varchar   | Customer.
-- column: journey_id     | varchar   | Journey of the last event; null where it has none.
-- column: unit_id        | varchar   | Customer, journey or session.
-- column: attempt_number | bigint    | Attempt of the unit, counted from 1.
-- column: level          | varchar   | Level of the breakdown; null without one, or where it is not known.
-- column: furthest_step  | bigint    | Last step taken.
-- column: is_converted   | boolean   | Whether that is the last of the funnel.
-- column: is_removed     | boolean   | Whether an exclusion took it out of the funnel.
-- column: entered_at     | timestamp | First step, UTC.
-- column: reached_at     | timestamp | Last step taken, UTC.
-- column: duration_seconds | double  | Between the two.

select
    told.customer_id,
    touches.journey_id,
    told.unit_id,
    told.attempt_number,
    told.level,
    told.step as furthest_step,
    told.step = $steps as is_converted,
    told.is_removed,
    make_timestamp(told.begun_us) as entered_at,
    make_timestamp(told.occurred_us) as reached_at,
    (told.occurred_us - told.begun_us) / 1e6 as duration_seconds
from funnel_told as told
inner join funnel_touches as touches
    on told.unit_id = touches.unit_id and told.place = touches.place
where told.next_step is null
order by told.customer_id, told.begun_us, told.unit_id, told.attempt_number, told.level
