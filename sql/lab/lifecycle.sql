-- model:  lab.lifecycle
-- about:  Customers of each period by what they did in it and the one before: new, returning, back after a pause, or gone quiet.
-- scope:  global
-- grain:  one row per period
-- key:    period_date
-- reads:  lab.cohort_customers, lab.return_actions, marts.clock
-- params: unit
-- column: period_date             | date    | First day of the period, in the reporting zone.
-- column: active_customers        | bigint  | Customers active in it: new, returning and resurrected ones.
-- column: new_customers           | bigint  | Active for the first time ever.
-- column: returning_customers     | bigint  | Active in the period before as well.
-- column: resurrected_customers   | bigint  | Active before, but not in the period before.
-- column: dormant_customers       | bigint  | Active in the period before, and not in this one; null while the period runs.
-- column: active_customers_before | bigint  | Customers active in the period before.
-- column: is_immature             | boolean | Whether the period still runs.
-- column: is_start_unknown        | boolean | Whether customers new in it may have been active before the data begins.

with

active as (
    select distinct
        return_actions.customer_id,
        return_actions.period_number,
        cohort_customers.cohort_number
    from return_actions
    inner join cohort_customers on return_actions.customer_id = cohort_customers.customer_id
),

judged as (
    select
        period_number,
        cohort_number = period_number as is_new,
        lag(period_number) over (partition by customer_id order by period_number)
        = period_number - 1 as is_returning
    from active
),

counted as (
    select
        period_number,
        count(*) as active_customers,
        count(*) filter (where is_new) as new_customers,
        count(*) filter (where is_returning) as returning_customers
    from judged
    group by period_number
),

bounds as (
    select
        datediff($unit, date '2000-01-03', timezone(reporting_timezone, timezone('UTC', horizon_at))::date)
            as last_number,
        timezone(reporting_timezone, timezone('UTC', horizon_at)) as horizon,
        if(
            is_finished,
            null,
            timezone(
                reporting_timezone, timezone('UTC', first_event_at + to_days(journey_timeout_days))
            )
        ) as known_from
    from main.clock
),

periods as (
    select
        unnest(range(least(min(counted.period_number), bounds.last_number), bounds.last_number + 1))
            as period_number,
        bounds.horizon,
        bounds.known_from
    from counted
    inner join bounds on true
    group by bounds.last_number, bounds.horizon, bounds.known_from
),

dense as (
    select
        (
            date_trunc($unit, date '2000-01-03') + periods.period_number * ('1 ' || $unit)::interval
        )::date as period_date,
        coalesce(counted.active_customers, 0) as active_customers,
        coalesce(counted.new_customers, 0) as new_customers,
        coalesce(counted.returning_customers, 0) as returning_customers,
        coalesce(lag(counted.active_customers) over (order by periods.period_number), 0)
            as active_customers_before,
        periods.horizon,
        periods.known_from
    from periods
    left join counted on periods.period_number = counted.period_number
)

select
    period_date,
    active_customers,
    new_customers,
    returning_customers,
    active_customers - new_customers - returning_customers as resurrected_customers,
    if(
        period_date + ('1 ' || $unit)::interval > horizon,
        null,
        active_customers_before - returning_customers
    ) as dormant_customers,
    active_customers_before,
    period_date + ('1 ' || $unit)::interval > horizon as is_immature,
    coalesce(period_date < known_from, false) as is_start_unknown
from dense
order by period_date
