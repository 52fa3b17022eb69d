-- model:  analysis.outcome_proportions
-- about:  Share of the settled dropped journeys, and of the converted ones, that ever visited a touchpoint before the goal, summed per customer.
-- scope:  global
-- grain:  one row per (measure, touchpoint); 'visited_with' a drop, 'visited_without'
-- key:    measure, item
-- reads:  analysis.outcome_sums, core.touchpoints
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

select
    totals.measure,
    touchpoints.touchpoint as item,
    coalesce(visited.journeys, 0)::bigint as successes,
    totals.journeys as trials,
    totals.customers,
    coalesce(visited.sum_xx, 0)::hugeint as sum_xx,
    coalesce(visited.sum_xn, 0)::hugeint as sum_xn,
    totals.sum_xx as sum_nn
from analysis.outcome_sums as totals
inner join core.touchpoints on not touchpoints.is_goal and not touchpoints.is_loss
left join analysis.outcome_sums as visited
    on
        totals.measure = visited.measure
        and touchpoints.touchpoint_key = visited.touchpoint_key
where
    totals.touchpoint_key is null
    and touchpoints.touchpoint_key in (
        select outcome_sums.touchpoint_key from analysis.outcome_sums
        where outcome_sums.touchpoint_key is not null
    )
order by totals.measure, touchpoints.touchpoint
