-- model:  analysis.kpi_counts
-- about:  Sessions, journeys, customers and money of all time: the headline figures that are plain sums.
-- scope:  sums
-- grain:  one row per (kpi, currency) that occurred
-- key:    kpi, currency
-- reads:  core.sessions, core.journeys
-- column: kpi       | varchar       | KPI, as in analysis.kpi_values.
-- column: currency  | varchar       | Currency; null for what is no money.
-- column: value     | decimal(38,4) | The figure.
-- column: n         | bigint        | Sessions, customers or journeys it is over.
-- column: customers | bigint        | Customers behind it.

with

by_customer as (
    select
        customer_key,
        count(*) as sessions
    from core.sessions
    group by customer_key
),

counted as (
    select
        unnest([
            'journeys_'
            || case outcome when 'lost' then 'dropped' when 'lapsed' then 'dropped' else outcome end,
            if(outcome = 'service', null, 'journeys'),
            if(outcome = 'service' or not is_settled, null, 'journeys_settled')
        ]) as kpi,
        customer_key
    from core.journeys
)

select
    'customers' as kpi,
    null::varchar as currency,
    count(*)::decimal(38, 4) as value,
    count(*) as n,
    count(*) as customers
from by_customer
having count(*) > 0
union all
select
    'sessions' as kpi,
    null as currency,
    sum(sessions)::decimal(38, 4) as value,
    sum(sessions)::bigint as n,
    count(*) as customers
from by_customer
having count(*) > 0
union all
select
    kpi,
    null as currency,
    count(*)::decimal(38, 4) as value,
    count(*) as n,
    count(distinct customer_key) as customers
from counted
where kpi is not null
group by kpi
union all
select
    'revenue' as kpi,
    currency,
    sum(value)::decimal(38, 4) as value,
    count(*) as n,
    count(distinct customer_key) as customers
from core.journeys
where value is not null
group by currency
union all
select
    'revenue_net' as kpi,
    currency,
    coalesce(sum(value_net), 0)::decimal(38, 4) as value,
    count(*) as n,
    count(distinct customer_key) as customers
from core.journeys
where value is not null
group by currency
order by kpi, currency
