-- model:  analysis.period_kpis
-- about:  The figures of every day and week beside those of the one before; what did not occur is 0.
-- scope:  global
-- grain:  one row per (period, first_day, kpi, currency)
-- key:    period, first_day, kpi, currency
-- reads:  analysis.periods, analysis.period_counts, analysis.intervals, analysis.differences
-- column: period       | varchar | 'day' or 'week'.
-- column: first_day    | date    | Its first day.
-- column: kpi          | varchar | Name of the figure.
-- column: currency     | varchar | Currency of revenue; else null.
-- column: value        | double  | The figure; null for a share of nothing.
-- column: n            | bigint  | Sessions or journeys it is over.
-- column: customers    | bigint  | Customers behind it.
-- column: low          | double  | Lower bound of a share at 95 %; null for counts and sums.
-- column: high         | double  | Upper bound.
-- column: is_immature  | boolean | Whether it may still change.
-- column: value_before | double  | The figure of the period before; null where the data does not reach back to it, or while this one is immature.
-- column: change       | double  | value − value_before.
-- column: change_low   | double  | Lower bound of the change of a share at 95 % (Newcombe, customers as clusters).
-- column: change_high  | double  | Upper bound.

with

kpis as (
    select 'conversion_rate' as kpi, null as currency
    union all
    select unnest(['journeys', 'orders', 'customers', 'sessions']) as kpi, null as currency
    union all
    select distinct kpi, currency from analysis.period_counts where kpi = 'revenue'
),

figures as (
    select
        periods.period,
        periods.first_day,
        periods.before_day,
        kpis.kpi,
        kpis.currency,
        if(kpis.kpi = 'conversion_rate', rates.rate, coalesce(counts.value::double, 0)) as value,
        coalesce(if(kpis.kpi = 'conversion_rate', rates.trials, counts.n), 0) as n,
        coalesce(if(kpis.kpi = 'conversion_rate', rates.customers, counts.customers), 0) as customers,
        rates.low,
        rates.high,
        if(kpis.kpi = 'conversion_rate', periods.is_immature, periods.is_running) as is_immature,
        changes.difference,
        changes.low as change_low,
        changes.high as change_high
    from analysis.periods
    inner join kpis on true
    left join analysis.period_counts as counts
        on
            periods.period = counts.period
            and periods.first_day = counts.first_day
            and kpis.kpi = counts.kpi
            and kpis.currency is not distinct from counts.currency
    left join analysis.intervals as rates
        on
            kpis.kpi = 'conversion_rate'
            and rates.measure = 'period_conversion_with'
            and periods.period || ' ' || periods.first_day = rates.item
    left join analysis.differences as changes
        on
            kpis.kpi = 'conversion_rate'
            and changes.measure = 'period_conversion'
            and periods.period || ' ' || periods.first_day = changes.item
)

select
    figures.period,
    figures.first_day,
    figures.kpi,
    figures.currency,
    figures.value,
    figures.n,
    figures.customers,
    figures.low,
    figures.high,
    figures.is_immature,
    if(figures.is_immature, null, earlier.value) as value_before,
    case
        when figures.is_immature then null
        when figures.kpi = 'conversion_rate' then figures.difference
        else figures.value - earlier.value
    end as change,
    figures.change_low,
    figures.change_high
from figures
left join figures as earlier
    on
        figures.period = earlier.period
        and figures.before_day = earlier.first_day
        and figures.kpi = earlier.kpi
        and figures.currency is not distinct from earlier.currency
order by figures.period, figures.first_day, figures.kpi, figures.currency
