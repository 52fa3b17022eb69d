-- model:  core.outcomes
-- about:  How each journey ended, when, and whether that can still change.
-- scope:  customer
-- grain:  one row per journey
-- key:    customer_key, journey_number
-- reads:  core.actions, core.touchpoints, core.horizon
-- params: journey_timeout_days, assume_complete
-- column: customer_key         | integer   | Customer.
-- column: journey_number       | integer   | Counted from 1 per customer without holes.
-- column: first_event_key      | bigint    | First action; its event_id is the journey's id.
-- column: started_at           | timestamp | First action, UTC.
-- column: last_action_at       | timestamp | Last action, after-care included, UTC.
-- column: goal_number          | integer   | event_number of the first goal; null without one.
-- column: goal_event_key       | bigint    | Its event; null without one.
-- column: goal_at              | timestamp | Its instant, UTC; null without one.
-- column: goal_session_number  | integer   | Its session; null without one.
-- column: goal_touchpoint_key  | usmallint | The goal reached first; null without one.
-- column: loss_number          | integer   | event_number of the first loss of a journey that closed with it; null for others.
-- column: ended_at             | timestamp | Goal, loss, or last action: where the journey proper ends, UTC.
-- column: outcome              | varchar   | 'converted', 'service', 'lost', 'open' or 'lapsed'.
-- column: is_settled           | boolean   | Whether its outcome cannot be biased by when we look.
-- column: is_start_unknown     | boolean   | Whether it is the customer's first and starts within the journey timeout of the first data.
-- column: is_after_care_running | boolean  | Whether it is converted and the last action lies within the journey timeout of the horizon.
-- check:  error | outcome != 'converted' or goal_at is not null | a converted journey has a goal
-- check:  error | ended_at between started_at and last_action_at | a journey ends between its first and last action

with

reached as (
    select
        actions.customer_key,
        actions.journey_number,
        min_by(actions.event_key, actions.event_number) as first_event_key,
        min(actions.occurred_at) as started_at,
        max(actions.occurred_at) as last_action_at,
        min(actions.event_number) filter (where touchpoints.is_goal) as goal_number,
        min_by(actions.event_key, actions.event_number)
        filter (where touchpoints.is_goal) as goal_event_key,
        min(actions.occurred_at) filter (where touchpoints.is_goal) as goal_at,
        min_by(actions.session_number, actions.event_number)
        filter (where touchpoints.is_goal) as goal_session_number,
        min_by(actions.touchpoint_key, actions.event_number)
        filter (where touchpoints.is_goal) as goal_touchpoint_key,
        min(actions.event_number) filter (where touchpoints.is_loss) as loss_number,
        min(actions.occurred_at) filter (where touchpoints.is_loss) as loss_at,
        min(actions.event_number) filter (where actions.is_opening) as opening_number
    from core.actions
    inner join core.touchpoints on actions.touchpoint_key = touchpoints.touchpoint_key
    group by actions.customer_key, actions.journey_number
),

judged as (
    select
        reached.*,
        horizon.horizon_at,
        horizon.first_event_at,
        case
            when goal_number is not null then 'converted'
            when opening_number is null or opening_number > loss_number then 'service'
            when loss_number is not null then 'lost'
            when
                horizon.horizon_at - last_action_at <= to_days($journey_timeout_days)
                and not $assume_complete then 'open'
            else 'lapsed'
        end as outcome
    from reached
    inner join core.horizon on true
)

select
    customer_key,
    journey_number,
    first_event_key,
    started_at,
    last_action_at,
    goal_number,
    goal_event_key,
    goal_at,
    goal_session_number,
    goal_touchpoint_key,
    if(goal_number is null, loss_number, null) as loss_number,
    coalesce(goal_at, loss_at, last_action_at) as ended_at,
    outcome,
    $assume_complete
    or outcome != 'open'
    and horizon_at - coalesce(goal_at, loss_at, last_action_at) > to_days($journey_timeout_days)
        as is_settled,
    not $assume_complete
    and journey_number = 1
    and started_at - first_event_at <= to_days($journey_timeout_days) as is_start_unknown,
    outcome = 'converted'
    and not $assume_complete
    and horizon_at - last_action_at <= to_days($journey_timeout_days) as is_after_care_running
from judged
order by customer_key, journey_number
