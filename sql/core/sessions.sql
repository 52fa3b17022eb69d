-- model:  core.sessions
-- about:  Bursts of one customer's actions over all channels.
-- scope:  customer
-- grain:  one row per session
-- key:    customer_key, session_number
-- reads:  core.actions, core.events, core.touchpoints
-- column: customer_key       | integer   | Customer.
-- column: session_number     | integer   | Counted from 1 per customer without holes.
-- column: first_event_key    | bigint    | First action; its event_id is the session's id.
-- column: given_session_id   | varchar   | Session the caller gave; null when cut here.
-- column: started_at         | timestamp | First action, UTC.
-- column: ended_at           | timestamp | Last action, UTC.
-- column: actions            | bigint    | Actions in it.
-- column: entry_touchpoint_key | usmallint | Touchpoint of the first action.
-- column: exit_touchpoint_key  | usmallint | Touchpoint of the last action.
-- column: channels           | bigint    | Distinct channels.
-- column: has_goal           | boolean   | Whether a goal was reached in it.
-- column: is_engaged         | boolean   | At least 2 actions, or 10 s, or a goal.
-- column: is_capped          | boolean   | Whether it starts only because the one before reached its greatest length.
-- check:  error | ended_at >= started_at | a session ends after it starts

select
    actions.customer_key,
    actions.session_number,
    min_by(actions.event_key, actions.event_number) as first_event_key,
    min_by(given.given_session_id, actions.event_number) as given_session_id,
    min(actions.occurred_at) as started_at,
    max(actions.occurred_at) as ended_at,
    count(*) as actions,
    min_by(actions.touchpoint_key, actions.event_number) as entry_touchpoint_key,
    max_by(actions.touchpoint_key, actions.event_number) as exit_touchpoint_key,
    count(distinct touchpoints.channel) as channels,
    bool_or(touchpoints.is_goal) as has_goal,
    count(*) >= 2
    or max(actions.occurred_at) - min(actions.occurred_at) >= to_seconds(10)
    or bool_or(touchpoints.is_goal) as is_engaged,
    bool_or(actions.is_capped) as is_capped
from core.actions
left join (
    select event_key, given_session_id
    from core.events
    where given_session_id is not null
) as given on actions.event_key = given.event_key
inner join core.touchpoints on actions.touchpoint_key = touchpoints.touchpoint_key
group by actions.customer_key, actions.session_number
order by actions.customer_key, actions.session_number
