-- model:  analysis.outcome_proportions
-- about:  Share of the settled dropped journeys, and of the converted ones, that ever visited a touchpoint before the goal, summed per customer.
-- scope:  global
-- grain:  one row per (measure, touchpoint); 'visited_with' a drop, 'visited_without'
-- key:    measure, item
-- reads:  analysis.customer_visits, core.journeys, core.touchpoints
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

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

totals as (
    select
        measure,
        sum(n)::bigint as trials,
        count(*) as customers,
        sum(n * n)::hugeint as sum_nn
    from made
    group by measure
),

visited as (
    select
        made.measure,
        visits.touchpoint_key,
        made.n,
        if(made.measure = 'visited_without', visits.converted, visits.journeys - visits.converted) as x
    from made
    inner join analysis.customer_visits as visits on made.customer_key = visits.customer_key
)

select
    totals.measure,
    touchpoints.touchpoint as item,
    coalesce(sum(visited.x), 0)::bigint as successes,
    any_value(totals.trials) as trials,
    any_value(totals.customers) as customers,
    coalesce(sum(visited.x * visited.x), 0)::hugeint as sum_xx,
    coalesce(sum(visited.x * visited.n), 0)::hugeint as sum_xn,
    any_value(totals.sum_nn) as sum_nn
from totals
inner join core.touchpoints on not touchpoints.is_goal and not touchpoints.is_loss
left join visited
    on
        totals.measure = visited.measure
        and touchpoints.touchpoint_key = visited.touchpoint_key
where touchpoints.touchpoint_key in (select customer_visits.touchpoint_key from analysis.customer_visits)
group by totals.measure, touchpoints.touchpoint
order by totals.measure, touchpoints.touchpoint
