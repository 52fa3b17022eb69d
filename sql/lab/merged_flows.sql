-- model:  lab.merged_flows
-- about:  Steps as step_flows has them, but equal touchpoints in a row are one step over sessions too.
-- scope:  global
-- grain:  one row per run of steps at one touchpoint
-- key:    customer_id, journey_id, part, step_number
-- reads:  lab.visits
-- column: step_number       | bigint    | Place in the part, counted from 1.
-- column: touchpoint        | varchar   | Touchpoint.
-- column: next_touchpoint   | varchar   | Touchpoint of the next run of the part; else how it ended.
-- column: part              | varchar   | 'before' the goal (and the goal itself) or 'after' it.
-- column: journey_id        | varchar   | Journey.
-- column: customer_id       | varchar   | Customer.
-- column: outcome           | varchar   | Outcome of the journey.
-- column: is_settled        | boolean   | Whether the journey is settled.
-- column: is_return         | boolean   | Whether the touchpoint already occurred in this part of the journey.
-- column: returns_next      | boolean   | Whether the next run goes back to a touchpoint that did; null for the last of a part.
-- column: next_wait_seconds | double    | From the last event of the run to the next one; null for the last of a part.
-- column: entered_at        | timestamp | First event of the run, UTC.

with

marked as (
    select
        *,
        coalesce(touchpoint != lag(touchpoint) over in_order, true) as begins
    from visits
    window in_order as (partition by customer_id, journey_id, part order by step_number)
),

runs as (
    select
        *,
        count(*) filter (where begins) over (
            partition by customer_id, journey_id, part order by step_number
        ) as run_number
    from marked
)

select
    run_number as step_number,
    any_value(touchpoint) as touchpoint,
    arg_max(next_touchpoint, step_number) as next_touchpoint,
    part,
    journey_id,
    customer_id,
    any_value(outcome) as outcome,
    any_value(is_settled) as is_settled,
    arg_min(is_return, step_number) as is_return,
    if(
        bool_or(returns_next is null), null, arg_max(returns_next, step_number)
    ) as returns_next,
    if(
        bool_or(returns_next is null), null, arg_max(next_wait_seconds, step_number)
    ) as next_wait_seconds,
    min(entered_at) as entered_at
from runs
group by customer_id, journey_id, part, run_number
