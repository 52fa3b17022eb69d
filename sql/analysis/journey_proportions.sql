-- model:  analysis.journey_proportions
-- about:  Proportions of settled journeys, service ones left out, summed per customer.
-- scope:  sums
-- grain:  one row per measure
-- key:    measure, item
-- reads:  core.journeys
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
        'conversion_rate' as measure,
        customer_key,
        count(*) filter (where outcome = 'converted') as x,
        count(*) as n
    from core.journeys
    where is_settled and outcome != 'service'
    group by customer_key
    union all
    select
        'linear_share' as measure,
        customer_key,
        count(*) filter (where is_linear) as x,
        count(*) as n
    from core.journeys
    where is_settled and outcome != 'service' and is_linear is not null
    group by customer_key
    union all
    select
        'back_and_forth_share' as measure,
        customer_key,
        count(*) filter (where back_steps > 0 or revisits > 0) as x,
        count(*) as n
    from core.journeys
    where is_settled and outcome != 'service'
    group by customer_key
)

select
    measure,
    '' as item,
    sum(x)::bigint as successes,
    sum(n)::bigint as trials,
    count(*) as customers,
    sum(x * x)::hugeint as sum_xx,
    sum(x * n)::hugeint as sum_xn,
    sum(n * n)::hugeint as sum_nn
from trials
group by measure
order by measure
