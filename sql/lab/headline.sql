-- model:  lab.headline
-- about:  The headline figures of some journeys: what came of them, how often they turned back, how long they took.
-- scope:  global
-- grain:  one row per measure
-- key:    measure
-- reads:  marts.journeys, lab.members
-- column: measure                  | varchar | 'converted', 'dropped' or 'returned': settled journeys that converted, were dropped, or went back, to a lower stage or a touchpoint seen before.
-- column: successes                | bigint  | Settled journeys of which it holds.
-- column: trials                   | bigint  | Settled journeys.
-- column: customers                | bigint  | Customers of the settled ones.
-- column: sum_xx                   | bigint  | Sum over customers of successes², for the interval.
-- column: sum_xn                   | bigint  | Sum of successes × trials.
-- column: sum_nn                   | bigint  | Sum of trials².
-- column: journeys                 | bigint  | All journeys, service journeys left out; the same in every row, as what follows.
-- column: customers_all            | bigint  | Customers of them.
-- column: open                     | bigint  | Journeys that may still go on.
-- column: steps_p50                | double  | Median steps of the settled ones; null without any.
-- column: time_to_goal_p50_seconds | double  | Median time from the first action to the goal, of the settled ones that converted; null without any.

with

asked as (
    select journeys.*
    from main.journeys
    inner join members on journeys.rowid = members.row_number
    where journeys.outcome != 'service'
),

overall as (
    select
        count(*) as journeys,
        count(distinct customer_id) as customers_all,
        count(*) filter (where outcome = 'open') as open,
        median(steps) filter (where is_settled) as steps_p50,
        median(time_to_goal_seconds) filter (where is_settled) as time_to_goal_p50_seconds
    from asked
),

by_customer as (
    select
        measures.measure,
        asked.customer_id,
        count(*) as n,
        count(*) filter (
            where case measures.measure
                when 'converted' then asked.outcome = 'converted'
                when 'dropped' then asked.outcome in ('lost', 'lapsed')
                else asked.revisits > 0 or asked.back_steps > 0
            end
        ) as x
    from asked
    cross join (values ('converted'), ('dropped'), ('returned')) as measures (measure)
    where asked.is_settled
    group by measures.measure, asked.customer_id
),

measured as (
    select
        measure,
        sum(x)::bigint as successes,
        sum(n)::bigint as trials,
        count(*) as customers,
        sum(x * x)::bigint as sum_xx,
        sum(x * n)::bigint as sum_xn,
        sum(n * n)::bigint as sum_nn
    from by_customer
    group by measure
)

select
    names.measure,
    coalesce(measured.successes, 0) as successes,
    coalesce(measured.trials, 0) as trials,
    coalesce(measured.customers, 0) as customers,
    coalesce(measured.sum_xx, 0) as sum_xx,
    coalesce(measured.sum_xn, 0) as sum_xn,
    coalesce(measured.sum_nn, 0) as sum_nn,
    overall.journeys,
    overall.customers_all,
    overall.open,
    overall.steps_p50,
    overall.time_to_goal_p50_seconds
from (values ('converted'), ('dropped'), ('returned')) as names (measure)
cross join overall
left join measured on names.measure = measured.measure
order by names.measure
