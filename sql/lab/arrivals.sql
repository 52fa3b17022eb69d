-- model:  lab.arrivals
-- about:  How many arrive in each hour, day or week of the reporting zone, those without any among them.
-- scope:  global
-- grain:  one row per period
-- key:    period_start_at
-- reads:  lab.arrived, marts.clock
-- params: unit
-- column: period_start_at   | timestamp | Start of the period, in the reporting zone.
-- column: arrivals          | bigint    | What arrived in it.
-- column: customers         | bigint    | Customers of them.
-- column: hours             | double    | Length of the period, of the running one up to the horizon; where clocks are set back, an hour holds two.
-- column: arrivals_per_hour | double    | arrivals ÷ hours; null for no length.
-- column: is_immature       | boolean   | Whether the period is not over.

with

bounds as (
    select
        reporting_timezone as zone,
        horizon_at
    from main.clock
),

counted as (
    select
        date_trunc($unit, timezone(bounds.zone, timezone('UTC', arrived.arrived_at))) as period_start_at,
        count(*) as arrivals,
        count(distinct arrived.customer_id) as customers
    from arrived
    inner join bounds on arrived.arrived_at <= bounds.horizon_at
    group by period_start_at
),

reach as (
    select
        min(counted.period_start_at) as first_start,
        date_trunc(
            $unit, any_value(timezone(bounds.zone, timezone('UTC', bounds.horizon_at)))
        ) as last_start
    from counted
    cross join bounds
),

periods as (
    select unnest(generate_series(first_start, last_start, ('1 ' || $unit)::interval)) as period_start_at
    from reach
),

measured as (
    select
        periods.period_start_at,
        epoch_us(timezone(bounds.zone, periods.period_start_at)) as start_us,
        epoch_us(timezone(bounds.zone, periods.period_start_at + ('1 ' || $unit)::interval)) as end_us,
        epoch_us(bounds.horizon_at) as horizon_us
    from periods
    cross join bounds
)

select
    measured.period_start_at,
    coalesce(counted.arrivals, 0) as arrivals,
    coalesce(counted.customers, 0) as customers,
    (least(measured.end_us, measured.horizon_us) - measured.start_us) / 3.6e9 as hours,
    coalesce(counted.arrivals, 0)
    / nullif((least(measured.end_us, measured.horizon_us) - measured.start_us) / 3.6e9, 0)
        as arrivals_per_hour,
    measured.end_us > measured.horizon_us as is_immature
from measured
left join counted on measured.period_start_at = counted.period_start_at
where measured.end_us > measured.start_us
order by measured.period_start_at
