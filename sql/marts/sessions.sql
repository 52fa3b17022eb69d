-- model:  marts.sessions
-- about:  Sessions: bursts of one customer's actions over all channels, cut by silence.
-- scope:  customer
-- grain:  one row per session
-- key:    customer_id, session_number
-- reads:  core.sessions, core.session_ids, core.touchpoints, core.event_origins, staging.events
-- column: session_id       | varchar   | event_id of its first action, or the session the caller gave.
-- column: customer_id      | varchar   | Customer.
-- column: session_number   | integer   | Counted from 1 per customer without holes.
-- column: entry_touchpoint | varchar   | Touchpoint of the first action.
-- column: exit_touchpoint  | varchar   | Touchpoint of the last action.
-- column: entry_channel    | varchar   | Channel of the first action.
-- column: source_group     | varchar   | Group of origins of the first action; null when no rule matches.
-- column: device           | varchar   | Device of the first action; null when not known.
-- column: country          | varchar   | Country of the first action; null when not known.
-- column: actions          | bigint    | Actions in it.
-- column: channels         | bigint    | Distinct channels.
-- column: has_goal         | boolean   | Whether a goal was reached in it.
-- column: is_engaged       | boolean   | Whether it holds two actions, lasts 10 seconds or reaches a goal.
-- column: is_capped        | boolean   | Whether it starts only because the session before reached its greatest length.
-- column: duration_seconds | double    | From the first to the last action.
-- column: started_at       | timestamp | First action, UTC.
-- column: ended_at         | timestamp | Last action, UTC.
-- check:  error | actions >= 1 and duration_seconds >= 0 | a session holds an action and does not end before it starts

select
    session_ids.session_id,
    session_ids.customer_id,
    sessions.session_number,
    entries.touchpoint as entry_touchpoint,
    exits.touchpoint as exit_touchpoint,
    entries.channel as entry_channel,
    origins.source_group,
    staged.device,
    staged.country,
    sessions.actions,
    sessions.channels,
    sessions.has_goal,
    sessions.is_engaged,
    sessions.is_capped,
    (epoch_us(sessions.ended_at) - epoch_us(sessions.started_at)) / 1e6 as duration_seconds,
    sessions.started_at,
    sessions.ended_at
from core.sessions
inner join core.session_ids
    on
        sessions.customer_key = session_ids.customer_key
        and sessions.session_number = session_ids.session_number
inner join core.touchpoints as entries on sessions.entry_touchpoint_key = entries.touchpoint_key
inner join core.touchpoints as exits on sessions.exit_touchpoint_key = exits.touchpoint_key
inner join core.event_origins as origins on sessions.first_event_key = origins.event_key
inner join staging.events as staged on sessions.first_event_key = staged.event_key
order by sessions.customer_key, sessions.session_number
