-- model:  lab.recut_sessions
-- about:  Sessions by another rule than the published one.
-- scope:  global
-- grain:  one row per session
-- key:    customer_id, session_number
-- reads:  lab.recut_actions, marts.touchpoints
-- column: session_id       | varchar   | event_id of its first action.
-- column: customer_id      | varchar   | Customer.
-- column: session_number   | bigint    | Counted from 1 per customer.
-- column: entry_touchpoint | varchar   | Touchpoint of the first action.
-- column: exit_touchpoint  | varchar   | Touchpoint of the last action.
-- column: entry_channel    | varchar   | Channel of the first action.
-- column: actions          | bigint    | Actions in it.
-- column: channels         | bigint    | Distinct channels.
-- column: has_goal         | boolean   | Whether a goal was reached in it.
-- column: is_engaged       | boolean   | Whether it holds two actions, lasts 10 seconds or reaches a goal.
-- column: duration_seconds | double    | From the first to the last action.
-- column: started_at       | timestamp | First action, UTC.
-- column: ended_at         | timestamp | Last action, UTC.

with

gathered as (
    select
        recut_actions.cut_session_id as session_id,
        recut_actions.customer_id,
        min(recut_actions.event_number) as first_number,
        arg_min(recut_actions.touchpoint, recut_actions.event_number) as entry_touchpoint,
        arg_max(recut_actions.touchpoint, recut_actions.event_number) as exit_touchpoint,
        arg_min(recut_actions.channel, recut_actions.event_number) as entry_channel,
        count(*) as actions,
        count(distinct recut_actions.channel) as channels,
        coalesce(bool_or(touchpoints.is_goal), false) as has_goal,
        min(recut_actions.occurred_at) as started_at,
        max(recut_actions.occurred_at) as ended_at
    from recut_actions
    left join touchpoints on recut_actions.touchpoint = touchpoints.touchpoint
    group by recut_actions.customer_id, recut_actions.cut_session_id
)

select
    session_id,
    customer_id,
    row_number() over (partition by customer_id order by first_number) as session_number,
    entry_touchpoint,
    exit_touchpoint,
    entry_channel,
    actions,
    channels,
    has_goal,
    actions >= 2 or has_goal or epoch_us(ended_at) - epoch_us(started_at) >= 10000000 as is_engaged,
    (epoch_us(ended_at) - epoch_us(started_at)) / 1e6 as duration_seconds,
    started_at,
    ended_at
from gathered
order by customer_id, session_number
