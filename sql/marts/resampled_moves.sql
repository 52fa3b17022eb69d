-- model:  marts.resampled_moves
-- about:  The moves of settled journeys before the goal, as counted and in replicates of the customers: what Lab.what_if solves anew.
-- scope:  global
-- grain:  one row per (replicate, from_node, to_node, whether slow) with transitions
-- key:    replicate, from_node, to_node, is_slow
-- reads:  analysis.resampled_moves
-- column: replicate   | smallint | 0 for the data as it is, else the number of the replicate, in which each of 1,024 random groups of customers stands as often as a Poisson draw says.
-- column: from_node   | varchar  | (start) or the touchpoint left.
-- column: to_node     | varchar  | Touchpoint entered, (converted) or (dropped).
-- column: is_slow     | boolean  | Whether the wait is above the reference of slow bottlenecks; null where the journey started or ended there, or without a reference.
-- column: transitions | bigint   | Times made.
-- column: seconds     | double   | From entering the touchpoint left to entering the next, summed; to leaving it where the journey ended.
-- column: sales       | bigint   | Journeys with a value that ended by it; null but into (converted).
-- column: value       | double   | Their gross value; null with several currencies or without any.

select
    replicate,
    from_node,
    to_node,
    is_slow,
    transitions,
    seconds,
    sales,
    value
from analysis.resampled_moves
order by replicate, from_node, to_node, is_slow
