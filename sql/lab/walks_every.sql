-- model:  lab.walks_every
-- about:  The steps of a picture of all paths up to the goal from their first step: no join, and only as many steps are read as are drawn.
-- scope:  global
-- grain:  one row per journey and step
-- key:    customer_id, journey_id, step
-- reads:  marts.step_flows
-- params: offset, columns
-- column: customer_id     | varchar | Customer.
-- column: journey_id      | varchar | Journey.
-- column: anchor_number   | bigint  | Step of the journey that stands in the column of the anchor.
-- column: step            | bigint  | Column the step stands in, counted from 1; 0 for the one before the first.
-- column: is_first        | boolean | Whether the journey began with it.
-- column: touchpoint      | varchar | Touchpoint there.
-- column: next_touchpoint | varchar | The one that came next, or the end the journey came to.
-- column: returns_next    | boolean | Whether the next one had been visited before; null at an end.
-- column: wait_seconds    | double  | From leaving it to entering the next; null at an end.
-- column: is_settled      | boolean | Whether the journey is settled.
-- column: is_converted    | boolean | Whether it converted.

select
    customer_id,
    journey_id,
    1 + $offset as anchor_number,
    step_number - $offset as step,
    step_number = 1 as is_first,
    touchpoint,
    next_touchpoint,
    returns_next,
    next_wait_seconds as wait_seconds,
    is_settled,
    outcome = 'converted' as is_converted
from step_flows
where
    part = 'before'
    and step_number between 1 + $offset and $columns + $offset
    and $offset >= 0
