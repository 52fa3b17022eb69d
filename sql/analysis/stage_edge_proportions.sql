-- model:  analysis.stage_edge_proportions
-- about:  Share of the settled moves out of a stage that take each edge of the stage graph, summed per customer.
-- scope:  global
-- grain:  one row per edge whose stage settled journeys left
-- key:    measure, item
-- reads:  core.stage_moves
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | from_stage, to_stage and direction as a JSON array.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

by_edge as (
    select
        from_stage,
        to_stage,
        direction,
        customer_key,
        count(*) filter (where is_settled) as x
    from core.stage_moves
    group by from_stage, to_stage, direction, customer_key
),

by_stage as (
    select
        from_stage,
        customer_key,
        sum(x) as n
    from by_edge
    group by from_stage, customer_key
    having sum(x) > 0
),

totals as (
    select
        from_stage,
        sum(n) as trials,
        count(*) as customers,
        sum(n * n) as sum_nn
    from by_stage
    group by from_stage
),

edges as (
    select
        by_edge.from_stage,
        by_edge.to_stage,
        by_edge.direction,
        sum(by_edge.x) as successes,
        sum(by_edge.x * by_edge.x) as sum_xx,
        sum(by_edge.x * coalesce(by_stage.n, 0)) as sum_xn
    from by_edge
    left join by_stage
        on by_edge.from_stage = by_stage.from_stage and by_edge.customer_key = by_stage.customer_key
    group by by_edge.from_stage, by_edge.to_stage, by_edge.direction
)

select
    'stage_share_out' as measure,
    to_json([edges.from_stage, edges.to_stage, edges.direction])::varchar as item,
    edges.successes::bigint as successes,
    totals.trials::bigint as trials,
    totals.customers,
    edges.sum_xx::hugeint as sum_xx,
    edges.sum_xn::hugeint as sum_xn,
    totals.sum_nn::hugeint as sum_nn
from edges
inner join totals on edges.from_stage = totals.from_stage
order by item
