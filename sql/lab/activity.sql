-- model:  lab.activity
-- about:  When customers did what is asked of: their actions that are a goal, any action, or given touchpoints, each in its period of the reporting zone.
-- scope:  global
-- grain:  one row per action
-- key:    customer_id, event_number
-- reads:  marts.events, marts.touchpoints, marts.clock
-- params: touchpoints, is_goal_wanted, unit
-- column: customer_id   | varchar | Customer.
-- column: journey_id    | varchar | Journey of the action.
-- column: event_number  | integer | Place among the customer's events.
-- column: period_date   | date    | First day of its period.
-- column: period_number | bigint  | Period, counted on so that neighbours differ by 1.

with

acted as (
    select
        events.customer_id,
        events.journey_id,
        events.event_number,
        date_trunc(
            $unit, timezone(clock.reporting_timezone, timezone('UTC', events.occurred_at))
        )::date as period_date
    from events
    inner join main.clock on true
    inner join main.touchpoints on events.touchpoint = touchpoints.touchpoint
    where
        events.role = 'action'
        and events.session_id is not null
        and (not $is_goal_wanted or touchpoints.is_goal)
        and ($touchpoints::varchar[] is null or list_contains($touchpoints::varchar[], events.touchpoint))
)

select
    customer_id,
    journey_id,
    event_number,
    period_date,
    datediff($unit, date '2000-01-03', period_date) as period_number
from acted
