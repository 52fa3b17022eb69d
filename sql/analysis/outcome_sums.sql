-- model:  analysis.outcome_sums
-- about:  Settled dropped journeys, and converted ones, that ever visited a touchpoint before the goal, and all of them, summed per customer.
-- scope:  sums
-- grain:  one row per (measure, touchpoint visited), and one per measure
-- key:    measure, touchpoint_key
-- reads:  analysis.customer_visits, core.journeys
-- column: measure        | varchar   | 'visited_with' a drop, 'visited_without'.
-- column: touchpoint_key | usmallint | Touchpoint; null for all such journeys.
-- column: journeys       | bigint    | Journeys.
-- column: customers      | bigint    | Customers of such journeys, whether they visited it in them or in others.
-- column: sum_xx         | hugeint   | Sum of the squares of the customers' journeys.
-- column: sum_xn         | hugeint   | Sum of the products of those and of all their journeys of the measure.

with

made as (
    select
        if(outcome = 'converted', 'visited_without', 'visited_with') as measure,
        customer_key,
        count(*) as n
    from core.journeys
    where is_settled and outcome in ('converted', 'lost', 'lapsed')
    group by measure, customer_key
),

visited as (
    select
        made.measure,
        visits.touchpoint_key,
        made.n,
        if(made.measure = 'visited_without', visits.converted, visits.journeys - visits.converted) as x
    from made
    inner join analysis.customer_visits as visits on made.customer_key = visits.customer_key
    union all
    select
        measure,
        null as touchpoint_key,
        n,
        n as x
    from made
)

select
    measure,
    touchpoint_key,
    sum(x)::bigint as journeys,
    count(*) as customers,
    sum(x * x)::hugeint as sum_xx,
    sum(x * n)::hugeint as sum_xn
from visited
group by measure, touchpoint_key
order by measure, touchpoint_key
