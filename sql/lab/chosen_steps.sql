-- model:  lab.chosen_steps
-- about:  Steps of chosen journeys as core.steps has them, so that its models run on them; customers are numbered anew.
-- scope:  global
-- grain:  one row per step
-- key:    customer_key, journey_number, step_number
-- reads:  marts.steps, marts.touchpoints, marts.stages, chosen
-- column: customer_key            | integer   | Customer, numbered by customer_id among the chosen.
-- column: journey_number          | integer   | Journey of the customer.
-- column: step_number             | integer   | Place in the journey, counted from 1.
-- column: part                    | varchar   | 'before' the goal (and the goal itself), 'after' it, or 'service'.
-- column: touchpoint_key          | usmallint | Touchpoint, numbered by name.
-- column: stage_rank              | integer   | Rank of its stage in this part; null for none.
-- column: entered_at              | timestamp | First event, UTC.
-- column: left_at                 | timestamp | Last event, UTC.
-- column: repeats                 | bigint    | Events collapsed into it, at least 1.
-- column: previous_touchpoint_key | usmallint | Step before it in the same part; null for the first.
-- column: next_touchpoint_key     | usmallint | Step after it in the same part; null for the last.
-- column: wait_microseconds       | bigint    | From leaving the step before to entering this one; null for the first of a part.
-- column: next_wait_microseconds  | bigint    | From leaving it to entering the next; null for the last of a part.
-- column: direction               | varchar   | Direction of the move into it; null for the first of a part.
-- column: depth                   | integer   | Stages fallen; null for the first of a part.
-- column: is_return               | boolean   | Whether the touchpoint already occurred in this part of the journey.
-- column: is_bounce               | boolean   | Whether it equals the step before the one it came from (A, B, A).
-- column: returns_next            | boolean   | Whether the next step of the part is a return; null for the last.

with

named as (
    select
        touchpoint,
        (row_number() over (order by touchpoint) - 1)::usmallint as touchpoint_key
    from touchpoints
),

walked as (
    select
        chosen.customer_key,
        chosen.journey_number,
        steps.step_number,
        steps.part,
        named.touchpoint_key,
        stages.stage_rank,
        steps.entered_at,
        steps.left_at,
        steps.repeats,
        round(steps.wait_seconds * 1e6)::bigint as wait_microseconds,
        steps.direction,
        steps.depth,
        steps.is_return,
        steps.is_bounce
    from steps
    inner join chosen
        on steps.customer_id = chosen.customer_id and steps.journey_id = chosen.journey_id
    inner join named on steps.touchpoint = named.touchpoint
    left join stages on steps.stage = stages.stage
)

select
    customer_key,
    journey_number,
    step_number,
    part,
    touchpoint_key,
    stage_rank,
    entered_at,
    left_at,
    repeats,
    lag(touchpoint_key) over in_order as previous_touchpoint_key,
    lead(touchpoint_key) over in_order as next_touchpoint_key,
    wait_microseconds,
    lead(wait_microseconds) over in_order as next_wait_microseconds,
    direction,
    depth,
    is_return,
    is_bounce,
    lead(is_return) over in_order as returns_next
from walked
window in_order as (partition by customer_key, journey_number, part order by step_number)
order by customer_key, journey_number, step_number
