-- model:  lab.retention
-- about:  How many customers of each cohort came back in each period after it, or in it or later.
-- scope:  global
-- grain:  one row per (cohort, period)
-- key:    cohort_date, period
-- reads:  lab.cohort_customers, lab.return_actions, marts.clock
-- params: unit, periods, is_rolling
-- column: cohort_date      | date    | First day of the period in which the cohort first did the start, in the reporting zone.
-- column: period           | bigint  | Periods after the cohort's own, which is 0.
-- column: period_date      | date    | First day of that period.
-- column: customers        | bigint  | Customers of the cohort.
-- column: retained         | bigint  | Those who came back in the period, or in it or later.
-- column: is_immature      | boolean | Whether the number may still grow.
-- column: is_start_unknown | boolean | Whether customers of the cohort may have started before the data begins.

with

visits as (
    select distinct
        cohort_customers.cohort_number,
        cohort_customers.customer_id,
        return_actions.period_number - cohort_customers.cohort_number as period
    from cohort_customers
    inner join return_actions on cohort_customers.customer_id = return_actions.customer_id
    where return_actions.period_number > cohort_customers.cohort_number
),

numbered as (
    select
        cohort_number,
        period,
        period = max(period) over (partition by customer_id) as is_last
    from visits
),

told as (
    select
        cohort_number,
        period,
        count(*) as retained
    from numbered
    where is_last or not $is_rolling
    group by cohort_number, period
),

bounds as (
    select
        timezone(reporting_timezone, timezone('UTC', horizon_at)) as horizon,
        timezone(
            reporting_timezone,
            timezone(
                'UTC',
                if($is_rolling and not is_finished, horizon_at - to_days(journey_timeout_days), horizon_at)
            )
        ) as over_at,
        if(
            is_finished,
            null,
            timezone(
                reporting_timezone, timezone('UTC', first_event_at + to_days(journey_timeout_days))
            )
        ) as known_from
    from main.clock
),

cells as (
    select
        cohorts.cohort_date,
        cohorts.cohort_number,
        cohorts.customers,
        numbers.period,
        (cohorts.cohort_date + numbers.period * ('1 ' || $unit)::interval)::date as period_date,
        coalesce(sum(told.retained), 0)::bigint as retained
    from (
        select
            cohort_date,
            cohort_number,
            count(*) as customers
        from cohort_customers
        group by cohort_date, cohort_number
    ) as cohorts
    cross join (select unnest(range($periods + 1)) as period) as numbers
    left join told
        on
            cohorts.cohort_number = told.cohort_number
            and (numbers.period = told.period or $is_rolling and numbers.period < told.period)
    group by cohorts.cohort_date, cohorts.cohort_number, cohorts.customers, numbers.period
)

select
    cells.cohort_date,
    cells.period,
    cells.period_date,
    cells.customers,
    if(cells.period = 0, cells.customers, cells.retained) as retained,
    cells.period_date + ('1 ' || $unit)::interval > if(cells.period = 0, bounds.horizon, bounds.over_at)
        as is_immature,
    coalesce(cells.cohort_date < bounds.known_from, false) as is_start_unknown
from cells
inner join bounds on cells.period_date <= bounds.horizon
order by cells.cohort_date, cells.period
