-- model:  lab.funnel_of_streams
-- about:  As lab.funnel_of_customers, from the chains of a plain funnel: of a customer's chains the one that got furthest, of those the one that got there first, and of it each step at its first event.
-- scope:  global
-- grain:  one row per step
-- key:    step
-- reads:  lab.funnel_reached
-- params: steps
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

chained as (
    select
        unit_key,
        chain,
        (bit_count(fits - 1) + 1)::bigint as step,
        place,
        occurred_us,
        is_first
    from funnel_reached
),

furthest as (
    select
        unit_key,
        case
            when count(*) filter (where is_first) > 1
                then error('events of a customer do not stand together')
            else max_by(chain, if(chain is null, null, (step << 32) - place))
        end as chain
    from chained
    group by unit_key
),

taken as (
    select
        chained.unit_key,
        chained.step,
        min(chained.occurred_us) as occurred_us
    from chained
    inner join furthest
        on chained.unit_key = furthest.unit_key and chained.chain = furthest.chain
    where chained.step > 1
    group by chained.unit_key, chained.step
    union all
    select
        unit_key,
        1 as step,
        chain >> 11 as occurred_us
    from furthest
    where chain is not null
),

waited as (
    select
        step,
        lead(occurred_us) over (partition by unit_key order by step) - occurred_us as wait_us
    from taken
),

counted as (
    select
        step,
        count(*) as entered,
        count(wait_us) as converted,
        sum(wait_us) / nullif(count(wait_us), 0) as wait_mean_us,
        quantile_cont(wait_us, [0.5, 0.9]) as wait_us
    from waited
    group by step
),

begun as (
    select entered
    from counted
    where step = 1
)

select
    null::varchar as level,
    numbers.step,
    coalesce(counted.entered, 0) as entered,
    coalesce(counted.entered, 0) as customers,
    coalesce(counted.converted, 0) as converted,
    0::bigint as removed,
    begun.entered as entries,
    begun.entered as entry_customers,
    coalesce(counted.converted, 0) as sum_xx,
    coalesce(counted.converted, 0) as sum_xn,
    coalesce(counted.entered, 0) as sum_nn,
    coalesce(counted.entered, 0) as entered_xx,
    coalesce(counted.entered, 0) as entered_xn,
    begun.entered as entered_nn,
    counted.wait_mean_us,
    counted.wait_us[1] as wait_p50_us,
    counted.wait_us[2] as wait_p90_us
from begun
cross join (select unnest(range(1, $steps + 1)) as step) as numbers
left join counted on numbers.step = counted.step
order by numbers.step
