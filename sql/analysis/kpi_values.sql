-- model:  analysis.kpi_values
-- about:  The headline figures, each one expression over exact sums.
-- scope:  global
-- grain:  one row per (kpi, currency)
-- key:    kpi, currency
-- reads:  analysis.kpi_counts, analysis.journey_proportions, analysis.kpi_samples, analysis.kpi_items, analysis.nps_intervals, analysis.cycle_times, analysis.sales_cycle
-- column: kpi       | varchar | KPI.
-- column: currency  | varchar | Currency; null for what is no money.
-- column: value     | double  | The figure; null where there is nothing to take it of.
-- column: n         | bigint  | Sessions, journeys, conversations, scores or customers it is over.
-- column: customers | bigint  | Customers behind it.

with

counts as (
    select
        kpis.kpi,
        coalesce(counts.value::double, 0) as value,
        coalesce(counts.n, 0) as n,
        coalesce(counts.customers, 0) as customers
    from (
        select
            unnest([
                'customers',
                'sessions',
                'journeys',
                'journeys_converted',
                'journeys_dropped',
                'journeys_open',
                'journeys_service',
                'journeys_settled'
            ]) as kpi
    ) as kpis
    left join analysis.kpi_counts as counts on kpis.kpi = counts.kpi
),

moneys as (
    select
        kpi,
        currency,
        value::double as value,
        n,
        customers
    from analysis.kpi_counts
    where kpi in ('revenue', 'revenue_net')
)

select kpi, null::varchar as currency, value, n, customers
from counts
union all
select kpi, currency, value, n, customers
from moneys
union all
select 'average_order_value' as kpi, currency, value / n as value, n, customers
from moneys
where kpi = 'revenue'
union all
select measure as kpi, null as currency, successes / trials as value, trials as n, customers
from analysis.journey_proportions
union all
select
    items.kpi,
    items.currency,
    case items.statistic
        when 'median' then figures.median
        else figures.total::double - 1
    end as value,
    items.n,
    items.customers
from analysis.kpi_items as items
inner join (
    select
        kpi,
        currency,
        quantile_cont(amount, 0.5) filter (where statistic = 'median') as median,
        sum(amount::decimal(38, 12)) filter (where statistic = 'gain') as total
    from analysis.kpi_samples
    where statistic != 'mean'
    group by kpi, currency
) as figures on items.kpi = figures.kpi and items.currency is not distinct from figures.currency
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
