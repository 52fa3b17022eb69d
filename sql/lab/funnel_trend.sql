-- model:  lab.funnel_trend
-- about:  Attempts of a funnel by the period in which they began.
-- scope:  global
-- grain:  one row per level and period
-- key:    level, period_start_date
-- reads:  lab.funnel_told
-- params: step, period, zone
-- column: level             | varchar | Level of the breakdown; null without one, or where it is not known.
-- column: period_start_date | date    | First day, in the reporting zone.
-- column: entered           | bigint  | Attempts begun in it.
-- column: converted         | bigint  | Of them, those that took the step.
-- column: customers         | bigint  | Customers of them.
-- column: sum_xx            | bigint  | Σ over customers of converted², for the interval.
-- column: sum_xn            | bigint  | Σ of converted × entered.
-- column: sum_nn            | bigint  | Σ of entered².
-- column: ended_at          | timestamp | End of the period, UTC.

with

begun as (
    select
        level,
        customer_id,
        date_trunc(
            $period, timezone($zone, timezone('UTC', make_timestamp(any_value(begun_us))))
        )::date as period_start_date,
        bool_or(step = $step) as is_converted
    from funnel_told
    where not is_removed
    group by level, unit_id, attempt_number, customer_id
),

by_customer as (
    select
        level,
        period_start_date,
        customer_id,
        count(*) as n,
        count(*) filter (where is_converted) as x
    from begun
    group by level, period_start_date, customer_id
)

select
    level,
    period_start_date,
    sum(n)::bigint as entered,
    sum(x)::bigint as converted,
    count(*) as customers,
    sum(x * x)::bigint as sum_xx,
    sum(x * n)::bigint as sum_xn,
    sum(n * n)::bigint as sum_nn,
    timezone(
        'UTC',
        timezone(
            $zone,
            case $period
                when 'day' then period_start_date + interval 1 day
                when 'week' then period_start_date + interval 7 day
                else period_start_date + interval 1 month
            end
        )
    ) as ended_at
from by_customer
group by level, period_start_date
order by level nulls last, period_start_date
