-- model:  lab.funnel_told_plain
-- about:  As lab.funnel_told, without a breakdown and without exclusions that remove.
-- scope:  global
-- grain:  one row per attempt and step taken
-- key:    unit_id, attempt_number, step
-- reads:  lab.funnel_taken
-- params:
-- column: level          | varchar | Null.
-- column: unit_id        | varchar | Customer, journey or session.
-- column: attempt_number | bigint  | Attempt of the unit, counted from 1.
-- column: step           | bigint  | Step of the funnel; in any order, how many were done by then.
-- column: customer_id    | varchar | Customer.
-- column: place          | bigint  | Place among the unit's events.
-- column: occurred_us    | bigint  | Microseconds since 1970.
-- column: begun_us       | bigint  | When the attempt began.
-- column: next_step      | bigint  | Step taken next; null for the last.
-- column: next_us        | bigint  | When it was taken; null for the last.
-- column: is_removed     | boolean | False.

select
    null::varchar as level,
    unit_id,
    attempt_number,
    step,
    customer_id,
    place,
    occurred_us,
    begun_us,
    next_step,
    next_us,
    false as is_removed
from funnel_taken
