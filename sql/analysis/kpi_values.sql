-- model:  analysis.kpi_values
-- about:  The headline figures, each one expression over exact sums.
-- scope:  global
-- grain:  one row per (kpi, currency)
-- key:    kpi, currency
-- reads:  core.sessions, core.journeys, analysis.journey_proportions, analysis.kpi_samples, analysis.nps_intervals, analysis.cycle_times, analysis.sales_cycle
-- column: kpi       | varchar | KPI.
-- column: currency  | varchar | Currency; null for what is no money.
-- column: value     | double  | The figure; null where there is nothing to take it of.
-- column: n         | bigint  | Sessions, journeys, conversations, scores or customers it is over.
-- column: customers | bigint  | Customers behind it.

with

sums as (
    select
        ['customers', 'sessions'] as kpis,
        [count(distinct customer_key), count(*)] as amounts,
        [count(distinct customer_key), count(*)] as ns,
        [count(distinct customer_key), count(distinct customer_key)] as customers
    from core.sessions
),

counts as (
    select
        unnest(kpis) as kpi,
        unnest(amounts) as value,
        unnest(ns) as n,
        unnest(customers) as customers
    from sums
    union all
    select
        kpis.kpi,
        count(journeys.customer_key) as value,
        count(journeys.customer_key) as n,
        count(distinct journeys.customer_key) as customers
    from (
        values
        ('journeys', ['converted', 'lost', 'lapsed', 'open'], false),
        ('journeys_converted', ['converted'], false),
        ('journeys_dropped', ['lost', 'lapsed'], false),
        ('journeys_open', ['open'], false),
        ('journeys_service', ['service'], false),
        ('journeys_settled', ['converted', 'lost', 'lapsed', 'open'], true)
    ) as kpis (kpi, outcomes, is_settled)
    left join core.journeys
        on
            list_contains(kpis.outcomes, journeys.outcome)
            and (journeys.is_settled or not kpis.is_settled)
    group by kpis.kpi
),

moneys as (
    select
        currency,
        sum(value) as revenue,
        sum(value_net) as revenue_net,
        count(*) as n,
        count(distinct customer_key) as customers
    from core.journeys
    where value is not null
    group by currency
)

select kpi, null::varchar as currency, value::double as value, n, customers
from counts
union all
select 'revenue' as kpi, currency, revenue::double as value, n, customers
from moneys
union all
select 'revenue_net' as kpi, currency, revenue_net::double as value, n, customers
from moneys
union all
select 'average_order_value' as kpi, currency, revenue::double / n as value, n, customers
from moneys
union all
select measure as kpi, null as currency, successes / trials as value, trials as n, customers
from analysis.journey_proportions
union all
select
    kpi,
    null as currency,
    quantile_cont(amount, 0.5) as value,
    count(*) as n,
    count(distinct customer_key) as customers
from analysis.kpi_samples
where statistic = 'median'
group by kpi
union all
select
    kpi,
    currency,
    sum(amount::decimal(38, 12))::double - 1 as value,
    count(*) as n,
    count(distinct customer_key) as customers
from analysis.kpi_samples
where statistic = 'gain'
group by kpi, currency
union all
select 'nps' as kpi, null as currency, value, n, customers
from analysis.nps_intervals
where item = ''
union all
select
    sales_cycle.kpi,
    null as currency,
    sales_cycle.value,
    count(*) as n,
    count(distinct cycle_times.customer_key) as customers
from analysis.sales_cycle
inner join analysis.cycle_times on true
group by sales_cycle.kpi, sales_cycle.value
order by kpi, currency
