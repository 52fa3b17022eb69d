-- model:  lab.recut_figures
-- about:  What sessions cut by one rule come to.
-- scope:  global
-- grain:  one row
-- key:    sessions
-- reads:  lab.recut_sessions, lab.recut_actions
-- column: sessions              | bigint | Sessions.
-- column: actions_per_session   | double | Mean number of actions.
-- column: sessions_per_customer | double | Mean number of sessions.
-- column: duration_p50_seconds  | double | Median length.
-- column: duration_mean_seconds | double | Mean length.
-- column: single_action_share   | double | Sessions of one action ÷ sessions.
-- column: engaged_share         | double | Engaged sessions ÷ sessions.
-- column: several_channels_share | double | Sessions on two channels or more ÷ sessions.
-- column: goal_share            | double | Sessions with a goal ÷ sessions.
-- column: steps                 | bigint | Steps: runs of equal touchpoints in one session and journey.

with

marked as (
    select
        coalesce(
            touchpoint != lag(touchpoint) over in_order
            or cut_session_id != lag(cut_session_id) over in_order,
            true
        ) as is_entry
    from recut_actions
    window in_order as (partition by customer_id, journey_id order by event_number)
)

select
    count(*) as sessions,
    avg(actions) as actions_per_session,
    count(*) / nullif(count(distinct customer_id), 0) as sessions_per_customer,
    quantile_cont(duration_seconds, 0.5) as duration_p50_seconds,
    avg(duration_seconds) as duration_mean_seconds,
    avg((actions = 1)::integer) as single_action_share,
    avg(is_engaged::integer) as engaged_share,
    avg((channels > 1)::integer) as several_channels_share,
    avg(has_goal::integer) as goal_share,
    (select count(*) filter (where is_entry) from marked) as steps
from recut_sessions
