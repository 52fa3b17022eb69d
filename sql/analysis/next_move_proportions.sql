-- model:  analysis.next_move_proportions
-- about:  What followed settled visits before the goal, by direction, summed per customer.
-- scope:  global
-- grain:  one row per (touchpoint, move)
-- key:    measure, item
-- reads:  analysis.next_move_sums, core.touchpoints
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | Touchpoint and move, joined by a space.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

select
    'next_move' as measure,
    touchpoints.touchpoint || ' ' || made.move as item,
    made.visits as successes,
    totals.visits as trials,
    totals.customers,
    made.sum_xx,
    made.sum_xn,
    totals.sum_xx as sum_nn
from analysis.next_move_sums as made
inner join analysis.next_move_sums as totals
    on made.touchpoint_key = totals.touchpoint_key and totals.move is null
inner join core.touchpoints on made.touchpoint_key = touchpoints.touchpoint_key
where made.move is not null
order by item
