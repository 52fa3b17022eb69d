-- model:  marts.step_flows
-- about:  Every step with where the journey went from it, one row a step, sorted for drawing flows step by step. Service journeys are left out.
-- scope:  customer
-- grain:  one row per step
-- key:    customer_id, journey_id, step_number
-- reads:  core.steps, core.moves, core.journeys, core.journey_ids, core.touchpoints, config.stages
-- column: step_number       | integer   | Place in the journey, counted from 1; steps after the goal follow those before it.
-- column: touchpoint        | varchar   | Touchpoint of the step.
-- column: next_touchpoint   | varchar   | Touchpoint of the next step of the part; else how it ended: '(converted)', '(dropped)', '(open)' before the goal, '(end)', '(open)' after it.
-- column: part              | varchar   | 'before' the goal (and the goal itself) or 'after' it.
-- column: journey_id        | varchar   | Journey.
-- column: customer_id       | varchar   | Customer.
-- column: channel           | varchar   | Channel of the step.
-- column: stage             | varchar   | Stage of the step in this part; null for none.
-- column: outcome           | varchar   | Outcome of the journey.
-- column: is_settled        | boolean   | Whether the journey's outcome cannot be biased by when we look.
-- column: is_return         | boolean   | Whether the touchpoint already occurred in this part of the journey.
-- column: returns_next      | boolean   | Whether the next step goes back to a touchpoint that already occurred; null for the last of a part.
-- column: next_wait_seconds | double    | From leaving the step to entering the next; null for the last of a part.
-- column: entered_at        | timestamp | First event of the step, UTC.
-- column: started_at        | timestamp | Start of the journey, UTC.
-- check:  error | next_touchpoint is not null | every step leads somewhere
-- check:  error | next_wait_seconds >= 0 | nobody enters a step before leaving the one before it

with

-- Moves out of a part and into its first step: the others stand in the steps themselves.
endings as (
    select
        customer_key,
        journey_number,
        part,
        move_number,
        to_node
    from core.moves
    where depth is null
)

select
    steps.step_number,
    touchpoints.touchpoint,
    coalesce(onward.touchpoint, endings.to_node) as next_touchpoint,
    steps.part,
    journey_ids.journey_id,
    journey_ids.customer_id,
    touchpoints.channel,
    stages.stage,
    journeys.outcome,
    journeys.is_settled,
    steps.is_return,
    steps.returns_next,
    steps.next_wait_microseconds / 1e6 as next_wait_seconds,
    steps.entered_at,
    journeys.started_at
from core.steps
inner join core.journeys
    on
        steps.customer_key = journeys.customer_key
        and steps.journey_number = journeys.journey_number
inner join core.journey_ids
    on
        steps.customer_key = journey_ids.customer_key
        and steps.journey_number = journey_ids.journey_number
inner join core.touchpoints on steps.touchpoint_key = touchpoints.touchpoint_key
left join core.touchpoints as onward on steps.next_touchpoint_key = onward.touchpoint_key
left join endings
    on
        steps.customer_key = endings.customer_key
        and steps.journey_number = endings.journey_number
        and steps.part = endings.part
        and steps.step_number + 1 = endings.move_number
left join config.stages on steps.stage_rank = stages.stage_rank
where steps.part != 'service'
order by steps.step_number, steps.touchpoint_key, steps.customer_key, steps.journey_number
