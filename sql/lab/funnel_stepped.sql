-- model:  lab.funnel_stepped
-- about:  One step of a plain funnel: who took it, who went on, and when.
-- scope:  global
-- grain:  one row
-- key:    step
-- reads:  lab.funnel_furthest
-- params: step, taken, next
-- column: step         | bigint   | Step, counted from 1.
-- column: entered      | bigint   | Customers who took it.
-- column: converted    | bigint   | Of them, those that took the next step.
-- column: wait_mean_us | double   | Mean time to the next step, in microseconds; null where nobody took it.
-- column: wait_us      | double[] | Median and 90th percentile of it.

select
    $step::bigint as step,
    count(taken) as entered,
    count(wait_us) as converted,
    sum(wait_us) / nullif(count(wait_us), 0) as wait_mean_us,
    quantile_cont(wait_us, [0.5, 0.9]) as wait_us
from (
    select
        $taken as taken,
        ($next - $taken) >> 11 as wait_us
    from funnel_furthest
) as waited
