-- model:  analysis.answers
-- about:  Questions after the goal, when somebody answered, and whether the customer bought again.
-- scope:  global
-- grain:  one row per after-care step of a settled journey at a touchpoint that waits for us, old enough to judge: two journey timeouts before the horizon or more. Channels where nobody answers by hand have none.
-- key:    customer_key, journey_number, step_number
-- reads:  core.steps, core.journeys, core.touchpoints, core.events, core.horizon
-- params: journey_timeout_days
-- column: customer_key    | integer   | Customer.
-- column: journey_number  | integer   | Journey of the customer.
-- column: step_number     | integer   | Step of the journey.
-- column: touchpoint_key  | usmallint | Touchpoint.
-- column: answer_seconds  | double    | From entering the step to the next manual context event of its channel; null where none came within two journey timeouts.
-- column: is_late         | boolean   | Whether the answer took longer than half of the answers there, or never came.
-- column: is_bought_again | boolean   | Whether a later journey of the customer reached its goal within two journey timeouts of the step.

with

asked as (
    select
        steps.customer_key,
        steps.journey_number,
        steps.step_number,
        steps.touchpoint_key,
        touchpoints.channel,
        steps.entered_at,
        steps.entered_at + to_days(2 * $journey_timeout_days) as until_at
    from core.steps
    inner join core.journeys
        on
            steps.customer_key = journeys.customer_key
            and steps.journey_number = journeys.journey_number
    inner join core.touchpoints on steps.touchpoint_key = touchpoints.touchpoint_key
    inner join core.horizon on true
    where
        steps.part = 'after'
        and journeys.is_settled
        and touchpoints.waits_for = 'us'
        and steps.entered_at + to_days(2 * $journey_timeout_days) <= horizon.horizon_at
),

replies as (
    select
        events.customer_key,
        touchpoints.channel,
        events.occurred_at
    from core.events
    inner join core.touchpoints on events.touchpoint_key = touchpoints.touchpoint_key
    where touchpoints.is_manual and touchpoints.role = 'context'
),

-- Plain joins, because an asof join of rows that the optimizer thinks few is a loop over all.
first_replies as (
    select
        asked.customer_key,
        asked.journey_number,
        asked.step_number,
        min(replies.occurred_at) as replied_at
    from asked
    inner join replies
        on
            asked.customer_key = replies.customer_key
            and asked.channel = replies.channel
            and asked.entered_at <= replies.occurred_at
    group by asked.customer_key, asked.journey_number, asked.step_number
),

next_goals as (
    select
        asked.customer_key,
        asked.journey_number,
        asked.step_number,
        min(journeys.goal_at) as goal_at
    from asked
    inner join core.journeys
        on asked.customer_key = journeys.customer_key and asked.entered_at < journeys.goal_at
    group by asked.customer_key, asked.journey_number, asked.step_number
),

told as (
    select
        asked.*,
        if(
            first_replies.replied_at <= asked.until_at,
            (epoch_us(first_replies.replied_at) - epoch_us(asked.entered_at)) / 1e6,
            null
        ) as answer_seconds,
        coalesce(next_goals.goal_at <= asked.until_at, false) as is_bought_again
    from asked
    left join first_replies
        on
            asked.customer_key = first_replies.customer_key
            and asked.journey_number = first_replies.journey_number
            and asked.step_number = first_replies.step_number
    left join next_goals
        on
            asked.customer_key = next_goals.customer_key
            and asked.journey_number = next_goals.journey_number
            and asked.step_number = next_goals.step_number
    where asked.channel in (select channel from replies)
)

select
    customer_key,
    journey_number,
    step_number,
    touchpoint_key,
    answer_seconds,
    coalesce(answer_seconds > median(answer_seconds) over (partition by touchpoint_key), true)
        as is_late,
    is_bought_again
from told
