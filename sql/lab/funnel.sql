-- model:  lab.funnel
-- about:  How many attempts take each step of a funnel, how many go on, and when.
-- scope:  global
-- grain:  one row per level and step
-- key:    level, step
-- reads:  lab.funnel_told
-- params: steps
-- column: level          | varchar | Level of the breakdown; null without one, or where it is not known.
-- column: step           | bigint  | Step, counted from 1.
-- column: entered        | bigint  | Attempts that took it.
-- column: customers      | bigint  | Customers of them.
-- column: converted      | bigint  | Of them, those that took a later step.
-- column: removed        | bigint  | Attempts that took it and that an exclusion took out.
-- column: entries        | bigint  | Attempts that entered the funnel at this level.
-- column: entry_customers | bigint | Customers of those.
-- column: sum_xx         | bigint  | Σ over customers of converted², for the interval.
-- column: sum_xn         | bigint  | Σ of converted × entered.
-- column: sum_nn         | bigint  | Σ of entered².
-- column: entered_xx     | bigint  | Σ of entered².
-- column: entered_xn     | bigint  | Σ of entered × entries.
-- column: entered_nn     | bigint  | Σ of entries².
-- column: wait_mean_us   | double  | Mean time to the step taken next, in microseconds; null where nobody took one.
-- column: wait_p50_us    | double  | Median of it.
-- column: wait_p90_us    | double  | 90th percentile of it.

with

entries as (
    select
        level,
        customer_id,
        count(*) filter (where not is_removed) as attempts
    from funnel_told
    where step = 1
    group by level, customer_id
),

levels as (
    select
        level,
        sum(attempts)::bigint as entries,
        count(*) filter (where attempts > 0) as customers,
        sum(attempts * attempts)::bigint as sum_nn
    from entries
    group by level
),

by_customer as (
    select
        told.level,
        told.step,
        told.customer_id,
        any_value(entries.attempts) as attempts,
        count(*) filter (where not told.is_removed) as n,
        count(told.next_step) filter (where not told.is_removed) as x,
        count(*) filter (where told.is_removed) as removed
    from funnel_told as told
    inner join entries
        on told.level is not distinct from entries.level and told.customer_id = entries.customer_id
    group by told.level, told.step, told.customer_id
),

counted as (
    select
        level,
        step,
        sum(n)::bigint as entered,
        count(*) filter (where n > 0) as customers,
        sum(x)::bigint as converted,
        sum(removed)::bigint as removed,
        sum(x * x)::bigint as sum_xx,
        sum(x * n)::bigint as sum_xn,
        sum(n * n)::bigint as sum_nn,
        sum(n * attempts)::bigint as entered_xn
    from by_customer
    group by level, step
),

waits as (
    select
        level,
        step,
        sum(next_us - occurred_us) / count(*) as wait_mean_us,
        quantile_cont(next_us - occurred_us, 0.5) as wait_p50_us,
        quantile_cont(next_us - occurred_us, 0.9) as wait_p90_us
    from funnel_told
    where next_us is not null and not is_removed
    group by level, step
)

select
    levels.level,
    numbers.step,
    coalesce(counted.entered, 0) as entered,
    coalesce(counted.customers, 0) as customers,
    coalesce(counted.converted, 0) as converted,
    coalesce(counted.removed, 0) as removed,
    levels.entries,
    levels.customers as entry_customers,
    coalesce(counted.sum_xx, 0) as sum_xx,
    coalesce(counted.sum_xn, 0) as sum_xn,
    coalesce(counted.sum_nn, 0) as sum_nn,
    coalesce(counted.sum_nn, 0) as entered_xx,
    coalesce(counted.entered_xn, 0) as entered_xn,
    levels.sum_nn as entered_nn,
    waits.wait_mean_us,
    waits.wait_p50_us,
    waits.wait_p90_us
from levels
cross join (select unnest(range(1, $steps + 1)) as step) as numbers
left join counted
    on levels.level is not distinct from counted.level and numbers.step = counted.step
left join waits
    on levels.level is not distinct from waits.level and numbers.step = waits.step
order by levels.entries desc, levels.level nulls last, numbers.step
