-- model:  analysis.periods
-- about:  Every day and week of the data in the reporting zone, and whether its figures may still change.
-- scope:  global
-- grain:  one row per (period, first_day)
-- key:    period, first_day
-- reads:  core.horizon
-- params: reporting_timezone, journey_timeout_days, assume_complete
-- column: period       | varchar | 'day' or 'week' (from Monday).
-- column: first_day    | date    | Its first day.
-- column: before_day   | date    | First day of the period before it; null where the data does not reach back to it.
-- column: is_running   | boolean | Whether the horizon lies before its end.
-- column: is_immature  | boolean | Whether the horizon lies before its end and the journey timeout, so that a journey of it may still convert.

with

local_days as (
    select
        timezone($reporting_timezone, timezone('UTC', first_event_at))::date as first_day,
        timezone($reporting_timezone, timezone('UTC', horizon_at))::date as last_day,
        horizon_at
    from core.horizon
    where horizon_at is not null
),

periods as (
    select
        'day' as period,
        unnest(generate_series(first_day, last_day, interval 1 day))::date as first_day,
        1 as days
    from local_days
    union all
    select
        'week' as period,
        unnest(
            generate_series(date_trunc('week', first_day), date_trunc('week', last_day), interval 7 day)
        )::date as first_day,
        7 as days
    from local_days
),

ended as (
    select
        periods.period,
        periods.first_day,
        (periods.first_day - to_days(periods.days))::date as before_day,
        timezone(
            'UTC',
            timezone($reporting_timezone, periods.first_day::timestamp + to_days(periods.days))
        ) as end_at,
        local_days.first_day as data_day,
        local_days.horizon_at
    from periods
    inner join local_days on true
)

select
    period,
    first_day,
    if(before_day >= data_day, before_day, null) as before_day,
    not $assume_complete and horizon_at < end_at as is_running,
    not $assume_complete and horizon_at < end_at + to_days($journey_timeout_days) as is_immature
from ended
order by period, first_day
