-- model:  analysis.stage_edge_proportions
-- about:  Share of the settled moves out of a stage that take each edge of the stage graph, summed per customer.
-- scope:  global
-- grain:  one row per edge whose stage settled journeys left
-- key:    measure, item
-- reads:  graph.stage_edge_counts, analysis.stage_edge_sums
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | from_stage, to_stage and direction as a JSON array.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

select
    'stage_share_out' as measure,
    to_json([edges.from_stage, edges.to_stage, edges.direction])::varchar as item,
    coalesce(made.moves, 0)::bigint as successes,
    totals.moves as trials,
    totals.customers,
    coalesce(made.sum_xx, 0)::hugeint as sum_xx,
    coalesce(made.sum_xn, 0)::hugeint as sum_xn,
    totals.sum_xx as sum_nn
from graph.stage_edge_counts as edges
inner join analysis.stage_edge_sums as totals
    on edges.from_stage = totals.from_stage and totals.to_stage is null
left join analysis.stage_edge_sums as made
    on
        edges.from_stage = made.from_stage
        and edges.to_stage = made.to_stage
        and edges.direction is not distinct from made.direction
order by item
