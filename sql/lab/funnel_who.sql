-- model:  lab.funnel_who
-- about:  Attempts of a funnel: who got how far, and when.
-- scope:  global
-- grain:  one row per attempt, and level where it has several
-- key:    unit_id, attempt_number, level
-- reads:  lab.funnel_told
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
    customer_id,
    journey_id,
    unit_id,
    attempt_number,
    level,
    step as furthest_step,
    step = $steps as is_converted,
    is_removed,
    make_timestamp(begun_us) as entered_at,
    make_timestamp(occurred_us) as reached_at,
    (occurred_us - begun_us) / 1e6 as duration_seconds
from funnel_told as told
where next_step is null
order by customer_id, begun_us, unit_id, attempt_number, level
