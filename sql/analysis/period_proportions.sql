-- model:  analysis.period_proportions
-- about:  Conversion of the journeys that started in each day and week within the journey timeout of their start, summed per customer: of the period itself (measure 'period_conversion_with') and, for a mature one, of the period before it (measure 'period_conversion_without').
-- scope:  global
-- grain:  one row per (measure, period); item is 'day' or 'week' and its first day
-- key:    measure, item
-- reads:  analysis.periods, core.journeys
-- params: reporting_timezone, journey_timeout_days
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

started as (
    select
        customer_key,
        timezone($reporting_timezone, timezone('UTC', started_at))::date as day,
        goal_at <= started_at + to_days($journey_timeout_days) as is_converted
    from core.journeys
    where outcome != 'service'
),

trials as (
    select
        'day' as period,
        day as first_day,
        customer_key,
        count(*) filter (where is_converted) as x,
        count(*) as n
    from started
    group by day, customer_key
    union all
    select
        'week' as period,
        date_trunc('week', day)::date as first_day,
        customer_key,
        count(*) filter (where is_converted) as x,
        count(*) as n
    from started
    group by date_trunc('week', day), customer_key
),

sums as (
    select
        period,
        first_day,
        sum(x)::bigint as successes,
        sum(n)::bigint as trials,
        count(*) as customers,
        sum(x * x)::hugeint as sum_xx,
        sum(x * n)::hugeint as sum_xn,
        sum(n * n)::hugeint as sum_nn
    from trials
    group by period, first_day
)

select
    'period_conversion_with' as measure,
    period || ' ' || first_day as item,
    successes,
    trials,
    customers,
    sum_xx,
    sum_xn,
    sum_nn
from sums
union all
select
    'period_conversion_without' as measure,
    periods.period || ' ' || periods.first_day as item,
    sums.successes,
    sums.trials,
    sums.customers,
    sums.sum_xx,
    sums.sum_xn,
    sums.sum_nn
from analysis.periods
inner join sums on periods.period = sums.period and periods.before_day = sums.first_day
where not periods.is_immature
order by measure, item
