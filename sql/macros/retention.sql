-- model:   macros.retention
-- about:   How many customers come back, by the period in which they first did something. $unit is 'day', 'week' (from Monday) or 'month' of the reporting zone, $periods how many are told after the cohort's own, $starts and $returns lists of touchpoints that put a customer into a cohort and that count as coming back; null takes any goal for the first and any action for the second. $counted is 'on' for coming back in the period, 'on_or_after' for in it or any later one. As Lab.retention counts.
-- scope:   global
-- grain:   one row per (cohort_date, period)
-- key:     cohort_date, period
-- reads:   marts.events, marts.touchpoints, marts.clock
-- params:  unit, periods, starts, returns, counted
-- default: unit | 'week'
-- default: periods | 12
-- default: starts | null
-- default: returns | null
-- default: counted | 'on'
-- column:  cohort_date      | date    | First day of the period in which the cohort first did the start, in the reporting zone.
-- column:  period           | bigint  | Periods after the cohort's own, which is 0.
-- column:  period_date      | date    | First day of that period.
-- column:  customers        | bigint  | Customers of the cohort.
-- column:  retained         | bigint  | Of them, those who came back in the period, or in it or later; all of them in period 0.
-- column:  retention_rate   | double  | retained ÷ customers.
-- column:  is_immature      | boolean | Whether the number may still grow: the period is not over, or not over for a journey timeout where later ones count.
-- column:  is_start_unknown | boolean | Whether customers of the cohort may have started before the data begins.

with

acted as (
    select
        events.customer_id,
        case
            when $starts is null then touchpoints.is_goal
            else list_contains($starts::varchar[], events.touchpoint)
        end as is_start,
        $returns is null or list_contains($returns::varchar[], events.touchpoint) as is_back,
        date_trunc(
            $unit, timezone(clock.reporting_timezone, timezone('UTC', events.occurred_at))
        )::date as period_date
    from events
    inner join clock on true
    inner join touchpoints on events.touchpoint = touchpoints.touchpoint
    where events.role = 'action' and events.session_id is not null
),

cohorts as (
    select
        customer_id,
        min(period_date) as cohort_date
    from acted
    where is_start
    group by customer_id
),

visits as (
    select distinct
        cohorts.cohort_date,
        acted.customer_id,
        datediff($unit, cohorts.cohort_date, acted.period_date) as period
    from cohorts
    inner join acted on cohorts.customer_id = acted.customer_id and cohorts.cohort_date < acted.period_date
    where acted.is_back
),

told as (
    select
        cohort_date,
        period,
        count(*) as retained
    from (
        select
            cohort_date,
            period,
            period = max(period) over (partition by customer_id) as is_last
        from visits
    ) as numbered
    where
        case $counted
            when 'on' then true
            when 'on_or_after' then is_last
            else error('counted is ''on'' or ''on_or_after''')
        end
    group by cohort_date, period
),

cells as (
    select
        sizes.cohort_date,
        numbers.period,
        (sizes.cohort_date + numbers.period * ('1 ' || $unit)::interval)::date as period_date,
        sizes.customers,
        case
            when numbers.period = 0 then sizes.customers
            else coalesce(sum(told.retained), 0)
        end::bigint as retained
    from (
        select
            cohort_date,
            count(*) as customers
        from cohorts
        group by cohort_date
    ) as sizes
    cross join (select unnest(range($periods + 1)) as period) as numbers
    left join told
        on
            sizes.cohort_date = told.cohort_date
            and (numbers.period = told.period or $counted = 'on_or_after' and numbers.period < told.period)
    group by sizes.cohort_date, sizes.customers, numbers.period
)

select
    cells.cohort_date,
    cells.period,
    cells.period_date,
    cells.customers,
    cells.retained,
    cells.retained / cells.customers as retention_rate,
    cells.period_date + ('1 ' || $unit)::interval > timezone(
        clock.reporting_timezone,
        timezone(
            'UTC',
            case
                when $counted = 'on' or cells.period = 0 or clock.is_finished then clock.horizon_at
                else clock.horizon_at - to_days(clock.journey_timeout_days)
            end
        )
    ) as is_immature,
    not clock.is_finished and cells.cohort_date < timezone(
        clock.reporting_timezone,
        timezone('UTC', clock.first_event_at + to_days(clock.journey_timeout_days))
    ) as is_start_unknown
from cells
inner join clock on true
where cells.period_date <= timezone(clock.reporting_timezone, timezone('UTC', clock.horizon_at))
order by cells.cohort_date, cells.period
