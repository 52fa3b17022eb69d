-- model:  lab.funnel_of_streams
-- about:  As lab.funnel_of_customers, from the steps of a plain funnel. An error tells where the events of a customer do not stand together.
-- scope:  global
-- grain:  one row per step
-- key:    step
-- reads:  lab.funnel_counted, lab.funnel_reached
-- params:
-- column: level          | varchar | Null.
-- column: step           | bigint  | Step, counted from 1.
-- column: entered        | bigint  | Customers who took it.
-- column: customers      | bigint  | The same.
-- column: converted      | bigint  | Of them, those that took the next step.
-- column: removed        | bigint  | 0, because nothing is excluded.
-- column: entries        | bigint  | Customers who entered the funnel.
-- column: entry_customers | bigint | The same.
-- column: sum_xx         | bigint  | Σ over customers of converted², for the interval.
-- column: sum_xn         | bigint  | Σ of converted × entered.
-- column: sum_nn         | bigint  | Σ of entered².
-- column: entered_xx     | bigint  | Σ of entered².
-- column: entered_xn     | bigint  | Σ of entered × entries.
-- column: entered_nn     | bigint  | Σ of entries².
-- column: wait_mean_us   | double  | Mean time to the next step, in microseconds; null where nobody took it.
-- column: wait_p50_us    | double  | Median of it.
-- column: wait_p90_us    | double  | 90th percentile of it.

with

standing as (
    select
        case
            when count(*) != count(distinct unit_key)
                then error('events of a customer do not stand together')
            else true
        end as is_together
    from funnel_reached
    where is_first
),

begun as (
    select entered
    from funnel_counted
    where step = 1
)

select
    null::varchar as level,
    counted.step,
    counted.entered,
    counted.entered as customers,
    counted.converted,
    0::bigint as removed,
    begun.entered as entries,
    begun.entered as entry_customers,
    counted.converted as sum_xx,
    counted.converted as sum_xn,
    counted.entered as sum_nn,
    counted.entered as entered_xx,
    counted.entered as entered_xn,
    begun.entered as entered_nn,
    counted.wait_mean_us,
    counted.wait_us[1] as wait_p50_us,
    counted.wait_us[2] as wait_p90_us
from funnel_counted as counted
cross join begun
cross join standing
where begun.entered > 0 and standing.is_together
order by counted.step
