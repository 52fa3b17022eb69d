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

edges as (
    select
        from_stage,
        to_stage,
        direction,
        (row_number() over ())::integer as edge_number,
        (dense_rank() over (order by from_stage))::integer as stage_number
    from core.stage_moves
    group by from_stage, to_stage, direction
),

-- Numbers for names: what customers are told apart by is then short.
by_edge as (
    select
        edges.edge_number,
        edges.stage_number,
        moves.customer_key,
        count(*) as x
    from core.stage_moves as moves
    inner join edges
        on
            moves.from_stage = edges.from_stage
            and moves.to_stage = edges.to_stage
            and moves.direction is not distinct from edges.direction
    where moves.is_settled
    group by edges.edge_number, edges.stage_number, moves.customer_key
),

by_stage as (
    select
        stage_number,
        customer_key,
        sum(x)::bigint as n
    from by_edge
    group by stage_number, customer_key
),

totals as (
    select
        stage_number,
        sum(n) as trials,
        count(*) as customers,
        sum(n * n) as sum_nn
    from by_stage
    group by stage_number
),

counted as (
    select
        by_edge.edge_number,
        sum(by_edge.x) as successes,
        sum(by_edge.x * by_edge.x) as sum_xx,
        sum(by_edge.x * by_stage.n) as sum_xn
    from by_edge
    inner join by_stage
        on
            by_edge.stage_number = by_stage.stage_number
            and by_edge.customer_key = by_stage.customer_key
    group by by_edge.edge_number
)

select
    'stage_share_out' as measure,
    to_json([edges.from_stage, edges.to_stage, edges.direction])::varchar as item,
    coalesce(counted.successes, 0)::bigint as successes,
    totals.trials::bigint as trials,
    totals.customers,
    coalesce(counted.sum_xx, 0)::hugeint as sum_xx,
    coalesce(counted.sum_xn, 0)::hugeint as sum_xn,
    totals.sum_nn::hugeint as sum_nn
from edges
inner join totals on edges.stage_number = totals.stage_number
left join counted on edges.edge_number = counted.edge_number
order by item
