-- model:  star.fct_sessions
-- about:  Fact: sessions with measures that may be summed.
-- scope:  global
-- grain:  one row per session
-- key:    customer_id, session_number
-- reads:  marts.sessions, marts.clock
-- kind:   view
-- column: session_id       | varchar | Session.
-- column: customer_id      | varchar | Customer, in dim_customers.
-- column: session_number   | integer | Counted from 1 per customer.
-- column: entry_touchpoint | varchar | Touchpoint of the first action, in dim_touchpoints.
-- column: exit_touchpoint  | varchar | Touchpoint of the last action, in dim_touchpoints.
-- column: entry_channel    | varchar | Channel of the first action.
-- column: source_group     | varchar | Group of origins of the first action; null when no rule matches.
-- column: device           | varchar | Device of the first action; null when not known.
-- column: country          | varchar | Country of the first action; null when not known.
-- column: started_date     | date | Day it started in the reporting zone, in dim_dates.
-- column: actions          | bigint | Actions in it.
-- column: engaged          | integer | 1 where it is engaged, else 0: its mean is the engagement rate.
-- column: with_goal        | integer | 1 where it reached a goal, else 0.
-- column: duration_seconds | double | From the first to the last action.
-- column: started_at       | timestamp | First action, UTC.

select
    sessions.session_id,
    sessions.customer_id,
    sessions.session_number,
    sessions.entry_touchpoint,
    sessions.exit_touchpoint,
    sessions.entry_channel,
    sessions.source_group,
    sessions.device,
    sessions.country,
    timezone(clock.reporting_timezone, timezone('UTC', sessions.started_at))::date as started_date,
    sessions.actions,
    sessions.is_engaged::integer as engaged,
    sessions.has_goal::integer as with_goal,
    sessions.duration_seconds,
    sessions.started_at
from sessions
inner join clock on true
