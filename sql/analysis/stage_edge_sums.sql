-- model:  analysis.stage_edge_sums
-- about:  Settled moves along each edge of the stage graph, and out of each stage, summed per customer.
-- scope:  sums
-- grain:  one row per edge with settled moves, and one per stage left
-- key:    from_stage, to_stage, direction
-- reads:  core.stage_moves
-- column: from_stage | varchar | Stage left, or '(start)'.
-- column: to_stage   | varchar | Stage entered, as in graph.stage_edges; null for all moves out of from_stage.
-- column: direction  | varchar | Direction of the moves; null as in graph.stage_edges.
-- column: moves      | bigint  | Settled moves.
-- column: customers  | bigint  | Customers who made them.
-- column: sum_xx     | hugeint | Sum of the squares of the customers' moves.
-- column: sum_xn     | hugeint | Sum of the products of their moves and of all their moves out of from_stage.

with

edges as (
    select
        from_stage,
        to_stage,
        direction,
        (row_number() over ())::integer as edge_number,
        (dense_rank() over (order by from_stage))::integer as stage_number
    from core.stage_moves
    where is_settled
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

counted as (
    select
        by_edge.edge_number,
        by_stage.stage_number,
        sum(by_edge.x)::bigint as moves,
        count(*) as customers,
        sum(by_edge.x * by_edge.x)::hugeint as sum_xx,
        sum(by_edge.x * by_stage.n)::hugeint as sum_xn
    from by_edge
    inner join by_stage
        on
            by_edge.stage_number = by_stage.stage_number
            and by_edge.customer_key = by_stage.customer_key
    group by by_edge.edge_number, by_stage.stage_number
    union all
    select
        null as edge_number,
        stage_number,
        sum(n)::bigint as moves,
        count(*) as customers,
        sum(n * n)::hugeint as sum_xx,
        sum(n * n)::hugeint as sum_xn
    from by_stage
    group by stage_number
)

select
    any_value(edges.from_stage) as from_stage,
    if(counted.edge_number is null, null, any_value(edges.to_stage)) as to_stage,
    if(counted.edge_number is null, null, any_value(edges.direction)) as direction,
    any_value(counted.moves) as moves,
    any_value(counted.customers) as customers,
    any_value(counted.sum_xx) as sum_xx,
    any_value(counted.sum_xn) as sum_xn
from counted
inner join edges
    on
        counted.stage_number = edges.stage_number
        and coalesce(counted.edge_number, edges.edge_number) = edges.edge_number
group by counted.stage_number, counted.edge_number
order by from_stage, to_stage, direction
