-- model:  analysis.stays
-- about:  How long each visit before the goal lasted after its last event, and what ended it. All journeys but service ones, open ones too; goals and losses have no stay.
-- scope:  customer
-- grain:  one row per step before the goal
-- key:    customer_key, journey_number, step_number
-- reads:  core.steps, core.journeys, core.touchpoints
-- params: journey_timeout_days
-- column: customer_key      | integer   | Customer.
-- column: journey_number    | integer   | Journey of the customer.
-- column: step_number       | integer   | Step stayed at.
-- column: touchpoint_key    | usmallint | Its touchpoint.
-- column: cause             | varchar   | What ended it: 'goal', 'loss', 'advance' (or skip), 'stay' (or self), 'back' (or restart), 'lateral'; 'leave' at exactly the journey timeout; null while it runs.
-- column: stay_microseconds | bigint    | From leaving the step to that; 0 while it runs.
-- column: began_at     | timestamp | When the step was left, while the stay runs up to the horizon; null for what ended. So no night has to touch it.
-- check:  error | stay_microseconds >= 0 | nobody moves on before leaving

with

moved as (
    select
        steps.customer_key,
        steps.journey_number,
        steps.step_number - 1 as step_number,
        steps.previous_touchpoint_key as touchpoint_key,
        case
            when entered.is_goal then 'goal'
            when entered.is_loss then 'loss'
            when steps.direction = 'skip' then 'advance'
            when steps.direction = 'self' then 'stay'
            when steps.direction = 'restart' then 'back'
            else steps.direction
        end as cause,
        steps.wait_microseconds as stay_microseconds,
        null as began_at
    from core.steps
    inner join core.touchpoints as entered on steps.touchpoint_key = entered.touchpoint_key
    where steps.part = 'before' and steps.previous_touchpoint_key is not null
    union all
    select
        steps.customer_key,
        steps.journey_number,
        steps.step_number,
        steps.touchpoint_key,
        case journeys.outcome when 'lost' then 'loss' when 'lapsed' then 'leave' end as cause,
        case journeys.outcome
            when 'lost' then epoch_us(journeys.ended_at) - epoch_us(steps.left_at)
            when 'lapsed' then $journey_timeout_days * 86400000000
            else 0
        end as stay_microseconds,
        if(journeys.outcome = 'open', steps.left_at, null) as began_at
    from core.steps
    inner join core.journeys
        on
            steps.customer_key = journeys.customer_key
            and steps.journey_number = journeys.journey_number
    where steps.part = 'before' and steps.next_touchpoint_key is null
)

select
    moved.customer_key,
    moved.journey_number,
    moved.step_number::integer as step_number,
    moved.touchpoint_key,
    if(moved.stay_microseconds > $journey_timeout_days * 86400000000, 'leave', moved.cause) as cause,
    least(moved.stay_microseconds, $journey_timeout_days * 86400000000)::bigint as stay_microseconds,
    moved.began_at
from moved
inner join core.touchpoints on moved.touchpoint_key = touchpoints.touchpoint_key
where not touchpoints.is_goal and not touchpoints.is_loss
