-- model:  lab.timed_flows
-- about:  Steps with the instant at which each was left.
-- scope:  global
-- grain:  one row per step
-- key:    customer_id, journey_id, step_number
-- reads:  lab.flows
-- column: customer_id | varchar   | Customer.
-- column: journey_id  | varchar   | Journey.
-- column: step_number | bigint    | Place in the part, counted from 1.
-- column: touchpoint  | varchar   | Touchpoint.
-- column: entered_at  | timestamp | First event of the step, UTC.
-- column: left_at     | timestamp | Last event of the step, UTC; null for the last step, which nothing needs.

select
    customer_id,
    journey_id,
    step_number,
    touchpoint,
    entered_at,
    lead(entered_at) over (partition by customer_id, journey_id order by step_number)
    - to_microseconds(round(next_wait_seconds * 1000000)::bigint) as left_at
from flows
