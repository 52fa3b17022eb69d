-- model:  analysis.stage_stays
-- about:  Stays in a stage before the goal: runs of steps of one stage, unstaged steps inside them included.
-- scope:  customer
-- grain:  one row per stay
-- key:    customer_key, journey_number, stay_number
-- reads:  core.steps, core.journeys, core.touchpoints
-- params: journey_timeout_days
-- column: customer_key      | integer | Customer.
-- column: journey_number    | integer | Journey of the customer.
-- column: stay_number       | integer | Place among the stays of the journey, counted from 1.
-- column: stage_rank        | integer | Rank of the stage.
-- column: next_stage_rank   | integer | Rank of the stage it was left for; null for the last stay.
-- column: cause             | varchar | What ended it: 'goal', 'loss', 'advance', 'back'; 'leave' when nothing followed for the journey timeout; null while it runs, and for a stay that the goal itself began.
-- column: stay_microseconds | bigint  | From entering its first step to the goal, the loss, the next stage, or the journey timeout after the last step; to the last event while it runs; null for a stay that the goal itself began.
-- column: began_at     | timestamp | When its first step was entered, while the stay runs up to the horizon; null for what ended. So no night has to touch it.
-- check:  error | stay_microseconds >= 0 | a stay ends after it begins

with

staged as (
    select
        steps.customer_key,
        steps.journey_number,
        steps.step_number,
        steps.stage_rank,
        steps.entered_at,
        touchpoints.is_goal,
        (steps.stage_rank is distinct from lag(steps.stage_rank) over in_order) as is_entry
    from core.steps
    inner join core.touchpoints on steps.touchpoint_key = touchpoints.touchpoint_key
    where steps.part = 'before' and steps.stage_rank is not null
    window in_order as (
        partition by steps.customer_key, steps.journey_number order by steps.step_number
    )
),

entries as (
    select
        customer_key,
        journey_number,
        stage_rank,
        entered_at,
        is_goal,
        (row_number() over in_order)::integer as stay_number,
        lead(stage_rank) over in_order as next_stage_rank,
        lead(entered_at) over in_order as next_entered_at,
        lead(is_goal) over in_order as is_next_goal
    from staged
    where is_entry
    window in_order as (partition by customer_key, journey_number order by step_number)
),

endings as (
    select
        steps.customer_key,
        steps.journey_number,
        any_value(journeys.outcome) as outcome,
        case any_value(journeys.outcome)
            when 'converted' then any_value(journeys.goal_at)
            when 'lost' then any_value(journeys.ended_at)
            when 'lapsed' then max(steps.left_at) + to_days($journey_timeout_days)
            else max(steps.left_at)
        end as ended_at
    from core.steps
    inner join core.journeys
        on
            steps.customer_key = journeys.customer_key
            and steps.journey_number = journeys.journey_number
    where steps.part = 'before'
    group by steps.customer_key, steps.journey_number
)

select
    entries.customer_key,
    entries.journey_number,
    entries.stay_number,
    entries.stage_rank,
    entries.next_stage_rank,
    case
        when entries.is_goal then null
        when entries.is_next_goal then 'goal'
        when entries.next_stage_rank < entries.stage_rank then 'back'
        when entries.next_stage_rank > entries.stage_rank then 'advance'
        when endings.outcome = 'converted' then 'goal'
        when endings.outcome = 'lost' then 'loss'
        when endings.outcome = 'lapsed' then 'leave'
    end as cause,
    case
        when not entries.is_goal
            then epoch_us(coalesce(entries.next_entered_at, endings.ended_at)) - epoch_us(entries.entered_at)
    end as stay_microseconds,
    case
        when endings.outcome = 'open' and entries.next_entered_at is null and not entries.is_goal
            then entries.entered_at
    end as began_at
from entries
inner join endings
    on
        entries.customer_key = endings.customer_key
        and entries.journey_number = endings.journey_number
