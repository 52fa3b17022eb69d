-- model:  lab.funnel_of_customers
-- about:  As lab.funnel where no customer has two attempts at one level: how many attempts take each step of a funnel, how many go on, and when.
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

counted as (
    select
        level,
        step,
        count(*) filter (where not is_removed) as entered,
        count(next_step) filter (where not is_removed) as converted,
        count(*) filter (where is_removed) as removed,
        sum(next_us - occurred_us) filter (where not is_removed)
        / nullif(count(next_step) filter (where not is_removed), 0) as wait_mean_us,
        quantile_cont(next_us - occurred_us, [0.5, 0.9]) filter (where not is_removed) as wait_us
    from funnel_told
    group by level, step
),

levels as (
    select
        level,
        entered as entries
    from counted
    where step = 1
)

select
    levels.level,
    numbers.step,
    coalesce(counted.entered, 0) as entered,
    coalesce(counted.entered, 0) as customers,
    coalesce(counted.converted, 0) as converted,
    coalesce(counted.removed, 0) as removed,
    levels.entries,
    levels.entries as entry_customers,
    coalesce(counted.converted, 0) as sum_xx,
    coalesce(counted.converted, 0) as sum_xn,
    coalesce(counted.entered, 0) as sum_nn,
    coalesce(counted.entered, 0) as entered_xx,
    coalesce(counted.entered, 0) as entered_xn,
    levels.entries as entered_nn,
    counted.wait_mean_us,
    counted.wait_us[1] as wait_p50_us,
    counted.wait_us[2] as wait_p90_us
from levels
cross join (select unnest(range(1, $steps + 1)) as step) as numbers
left join counted
    on levels.level is not distinct from counted.level and numbers.step = counted.step
order by levels.entries desc, levels.level nulls last, numbers.step
