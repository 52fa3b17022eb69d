-- model:  lab.chosen_periods
-- about:  Journeys started, conversion, orders and revenue of some journeys in each day or week, summed per customer for the interval.
-- scope:  global
-- grain:  one row per (kpi, first day, currency)
-- key:    kpi, first_day, currency
-- reads:  lab.walked_days
-- params:
-- column: kpi       | varchar | 'conversion_rate' and 'journeys' by the start, 'orders' and 'revenue' by the goal.
-- column: first_day | date    | First day of the period in the reporting zone.
-- column: currency  | varchar | Currency of revenue; else null.
-- column: value     | double  | Journeys, orders or sum of values; null for conversion.
-- column: successes | bigint  | Journeys with a goal within the journey timeout of their start; null but for conversion, as the sums.
-- column: trials    | bigint  | Journeys it is over.
-- column: customers | bigint  | Customers of those.
-- column: sum_xx    | bigint  | Sum over customers of successes².
-- column: sum_xn    | bigint  | Sum of successes × trials.
-- column: sum_nn    | bigint  | Sum of trials².

with

by_customer as (
    select
        start_day,
        customer_id,
        count(*) as n,
        count(*) filter (where is_converted) as x
    from walked_days
    where outcome != 'service'
    group by start_day, customer_id
),

conversion as (
    select
        start_day as first_day,
        sum(x)::bigint as successes,
        sum(n)::bigint as trials,
        count(*) as customers,
        sum(x * x)::bigint as sum_xx,
        sum(x * n)::bigint as sum_xn,
        sum(n * n)::bigint as sum_nn
    from by_customer
    group by start_day
),

bought as (
    select
        kpis.kpi,
        walked_days.goal_day as first_day,
        if(kpis.kpi = 'revenue', walked_days.currency, null) as currency,
        sum(if(kpis.kpi = 'revenue', walked_days.value, 1))::double as value,
        count(*) as trials,
        count(distinct walked_days.customer_id) as customers
    from walked_days
    cross join (values ('orders'), ('revenue')) as kpis (kpi)
    where walked_days.is_order and (kpis.kpi = 'orders' or walked_days.value is not null)
    group by kpis.kpi, walked_days.goal_day, if(kpis.kpi = 'revenue', walked_days.currency, null)
),

sums as (
    select 'conversion_rate' as kpi, *
    from conversion
    union all by name
    select
        'journeys' as kpi,
        first_day,
        trials::double as value,
        trials,
        customers
    from conversion
    union all by name
    select * from bought
)

select
    kpi,
    first_day,
    currency,
    value,
    successes,
    trials,
    customers,
    sum_xx,
    sum_xn,
    sum_nn
from sums
order by kpi, first_day, currency
