-- model:  core.steps
-- about:  The steps of all journeys, each with the move that led into it.
-- scope:  customer
-- grain:  one row per step
-- key:    customer_key, journey_number, step_number
-- reads:  core.visits
-- column: customer_key            | integer   | Customer.
-- column: journey_number          | integer   | Journey of the customer.
-- column: step_number             | integer   | Place in the journey, counted from 1.
-- column: part                    | varchar   | 'before' the goal (and the goal itself), 'after' it, or 'service'.
-- column: touchpoint_key          | usmallint | Touchpoint.
-- column: stage_rank              | integer   | Rank of its stage in this part; null for none.
-- column: session_number          | integer   | Session of the customer.
-- column: first_event_key         | bigint    | First event of the step.
-- column: first_event_number      | integer   | Its place among the customer's events.
-- column: entered_at              | timestamp | First event, UTC.
-- column: left_at                 | timestamp | Last event, UTC.
-- column: repeats                 | bigint    | Events collapsed into it, at least 1.
-- column: previous_touchpoint_key | usmallint | Step before it in the same part; null for the first.
-- column: next_touchpoint_key     | usmallint | Step after it in the same part; null for the last.
-- column: wait_microseconds       | bigint    | From leaving the step before to entering this one; null for the first of a part.
-- column: next_wait_microseconds  | bigint    | From leaving it to entering the next; null for the last of a part.
-- column: direction               | varchar   | 'self', 'lateral', 'restart', 'back', 'stay', 'advance' or 'skip', against the last staged step; null for the first of a part.
-- column: depth                   | integer   | Stages fallen by a back or restart; 0 for other moves; null for the first of a part.
-- column: is_return               | boolean   | Whether the touchpoint already occurred in this part of the journey.
-- column: is_bounce               | boolean   | Whether it equals the step before the one it came from (A, B, A).
-- column: returns_next            | boolean   | Whether the next step of the part is a return; null for the last.
-- check:  error | wait_microseconds >= 0 | nobody enters a step before leaving the one before it

with

seen as (
    select
        visits.*,
        step_number > min(step_number) over (
            partition by customer_key, journey_number, part, touchpoint_key
        ) as is_return
    from core.visits
),

moved as (
    select
        seen.*,
        lag(touchpoint_key) over in_order as previous_touchpoint_key,
        lag(touchpoint_key, 2) over in_order as last_but_one_key,
        lead(touchpoint_key) over in_order as next_touchpoint_key,
        lag(left_at) over in_order as previous_left_at,
        lead(entered_at) over in_order as next_entered_at,
        lead(is_return) over in_order as returns_next,
        last_value(stage_rank ignore nulls) over earlier as last_stage_rank,
        last_value(if(stage_rank is null, null, touchpoint_key) ignore nulls) over earlier
            as last_staged_key
    from seen
    window
        in_order as (partition by customer_key, journey_number, part order by step_number),
        earlier as (
            partition by customer_key, journey_number, part order by step_number
            rows between unbounded preceding and 1 preceding
        )
)

select
    moved.customer_key,
    moved.journey_number,
    moved.step_number,
    moved.part,
    moved.touchpoint_key,
    moved.stage_rank,
    moved.session_number,
    moved.first_event_key,
    moved.first_event_number,
    moved.entered_at,
    moved.left_at,
    moved.repeats,
    moved.previous_touchpoint_key,
    moved.next_touchpoint_key,
    epoch_us(moved.entered_at) - epoch_us(moved.previous_left_at) as wait_microseconds,
    epoch_us(moved.next_entered_at) - epoch_us(moved.left_at) as next_wait_microseconds,
    case
        when moved.previous_touchpoint_key is null then null
        when moved.touchpoint_key = coalesce(
            if(moved.stage_rank is null, moved.previous_touchpoint_key, moved.last_staged_key),
            moved.previous_touchpoint_key
        ) then 'self'
        when moved.stage_rank is null or moved.last_stage_rank is null then 'lateral'
        when moved.stage_rank = 1 and moved.last_stage_rank >= 3 then 'restart'
        when moved.stage_rank < moved.last_stage_rank then 'back'
        when moved.stage_rank = moved.last_stage_rank then 'stay'
        when moved.stage_rank = moved.last_stage_rank + 1 then 'advance'
        else 'skip'
    end as direction,
    case
        when moved.previous_touchpoint_key is not null
            then greatest(coalesce(moved.last_stage_rank - moved.stage_rank, 0), 0)
    end as depth,
    moved.is_return,
    coalesce(
        moved.touchpoint_key = moved.last_but_one_key
        and moved.touchpoint_key != moved.previous_touchpoint_key,
        false
    ) as is_bounce,
    moved.returns_next
from moved
order by moved.customer_key, moved.journey_number, moved.step_number
