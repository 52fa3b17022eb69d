-- model:  lab.chosen_flows
-- about:  Steps at chosen touchpoints with the chosen step that eventually came after, whatever happened between; numbered anew in each part.
-- scope:  global
-- grain:  one row per step at a chosen touchpoint
-- key:    customer_id, journey_id, step_number
-- reads:  marts.step_flows
-- params: part, through
-- column: customer_id       | varchar   | Customer.
-- column: journey_id        | varchar   | Journey.
-- column: step_number       | bigint    | Place among the chosen steps of the part, counted from 1.
-- column: touchpoint        | varchar   | Touchpoint of the step.
-- column: next_touchpoint   | varchar   | Touchpoint of the next chosen step, else how the part ended.
-- column: returns_next      | boolean   | Whether the next chosen step goes back to a touchpoint that already occurred; null for the last.
-- column: next_wait_seconds | double    | From leaving the step to entering the next chosen one; null for the last.
-- column: is_settled        | boolean   | Whether the journey is settled.
-- column: is_converted      | boolean   | Whether it converted.
-- column: entered_at        | timestamp | First event of the step, UTC.

with

timed as (
    select
        customer_id,
        journey_id,
        step_number,
        touchpoint,
        is_return,
        is_settled,
        outcome = 'converted' as is_converted,
        entered_at,
        lead(entered_at) over in_order - to_microseconds((next_wait_seconds * 1e6)::bigint) as left_at,
        last_value(next_touchpoint) over (
            in_order rows between unbounded preceding and unbounded following
        ) as end_node
    from step_flows
    where part = $part
    window in_order as (partition by customer_id, journey_id order by step_number)
)

select
    customer_id,
    journey_id,
    row_number() over in_order as step_number,
    touchpoint,
    coalesce(lead(touchpoint) over in_order, end_node) as next_touchpoint,
    lead(is_return) over in_order as returns_next,
    (epoch_us(lead(entered_at) over in_order) - epoch_us(left_at)) / 1e6 as next_wait_seconds,
    is_settled,
    is_converted,
    entered_at
from timed
where $through::varchar[] is null or list_contains($through::varchar[], touchpoint)
window in_order as (partition by customer_id, journey_id order by step_number)
