-- model:  analysis.visit_proportions
-- about:  Exit, drop-off and conversion at each touchpoint before the goal, over settled journeys, summed per customer.
-- scope:  sums
-- grain:  one row per (measure, item)
-- key:    measure, item
-- reads:  analysis.customer_visits, core.touchpoints
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

trials as (
    select
        'exit_rate' as measure,
        touchpoint_key,
        exits as x,
        visits as n
    from analysis.customer_visits
    union all
    select
        'drop_off_rate' as measure,
        touchpoint_key,
        exits as x,
        journeys as n
    from analysis.customer_visits
    union all
    select
        'conversion_at' as measure,
        touchpoint_key,
        converted as x,
        journeys as n
    from analysis.customer_visits
)

select
    trials.measure,
    touchpoints.touchpoint as item,
    sum(x)::bigint as successes,
    sum(n)::bigint as trials,
    count(*) as customers,
    sum(x * x)::hugeint as sum_xx,
    sum(x * n)::hugeint as sum_xn,
    sum(n * n)::hugeint as sum_nn
from trials
inner join core.touchpoints on trials.touchpoint_key = touchpoints.touchpoint_key
group by trials.measure, touchpoints.touchpoint
order by trials.measure, touchpoints.touchpoint
