-- model:  lab.next_flows
-- about:  Every step of journeys up to the goal with the step that came next.
-- scope:  global
-- grain:  one row per step
-- key:    customer_id, journey_id, step_number
-- reads:  marts.step_flows
-- column: customer_id       | varchar   | Customer.
-- column: journey_id        | varchar   | Journey.
-- column: step_number       | bigint    | Place in the part, counted from 1.
-- column: touchpoint        | varchar   | Touchpoint of the step.
-- column: next_touchpoint   | varchar   | Touchpoint of the next step, else how the part ended.
-- column: returns_next      | boolean   | Whether the next step goes back to a touchpoint that already occurred; null for the last.
-- column: next_wait_seconds | double    | From leaving the step to entering the next; null for the last.
-- column: is_settled        | boolean   | Whether the journey is settled.
-- column: is_converted      | boolean   | Whether it converted.
-- column: entered_at        | timestamp | First event of the step, UTC.

select
    customer_id,
    journey_id,
    step_number,
    touchpoint,
    next_touchpoint,
    returns_next,
    next_wait_seconds,
    is_settled,
    outcome = 'converted' as is_converted,
    entered_at
from step_flows
where part = 'before'
