-- model:  analysis.period_counts
-- about:  What was done, bought and begun in each day and week.
-- scope:  sums
-- grain:  one row per (period, first_day, kpi, currency) that occurred
-- key:    period, first_day, kpi, currency
-- reads:  core.sessions, core.journeys
-- params: reporting_timezone
-- column: period    | varchar | 'day' or 'week'.
-- column: first_day | date    | Its first day, in the reporting zone.
-- column: kpi       | varchar | 'customers', 'sessions', 'journeys', 'orders' or 'revenue'.
-- column: currency  | varchar | Currency of revenue; null for counts.
-- column: value     | decimal(38,4) | The figure.
-- column: n         | bigint  | Sessions or journeys it is over.
-- column: customers | bigint  | Customers behind it.

with

happened as (
    select
        'session' as kind,
        started_at as happened_at,
        customer_key,
        null::decimal(18, 4) as value,
        null::varchar as currency
    from core.sessions
    union all
    select
        'journey' as kind,
        started_at as happened_at,
        customer_key,
        null as value,
        null as currency
    from core.journeys
    where outcome != 'service'
    union all
    select
        'order' as kind,
        goal_at as happened_at,
        customer_key,
        value,
        currency
    from core.journeys
    where goal_at is not null
),

dated as (
    select
        *,
        timezone($reporting_timezone, timezone('UTC', happened_at))::date as day
    from happened
),

periods as (
    select *, 'day' as period, day as first_day from dated
    union all
    select *, 'week' as period, date_trunc('week', day)::date as first_day from dated
),

counted as (
    select
        period,
        first_day,
        kind,
        count(*) as n,
        count(distinct customer_key) as customers
    from periods
    group by period, first_day, kind
)

select
    period,
    first_day,
    case kind when 'session' then 'sessions' when 'journey' then 'journeys' else 'orders' end as kpi,
    null::varchar as currency,
    n::decimal(38, 4) as value,
    n,
    customers
from counted
union all
select
    period,
    first_day,
    'customers' as kpi,
    null as currency,
    customers::decimal(38, 4) as value,
    n,
    customers
from counted
where kind = 'session'
union all
select
    period,
    first_day,
    'revenue' as kpi,
    currency,
    sum(value)::decimal(38, 4) as value,
    count(*) as n,
    count(distinct customer_key) as customers
from periods
where kind = 'order' and value is not null
group by period, first_day, currency
order by period, first_day, kpi, currency
