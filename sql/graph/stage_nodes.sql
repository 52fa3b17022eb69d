-- model:  graph.stage_nodes
-- about:  The nodes of the graph between stages before the goal: stages that occur, and the bracketed nodes where journeys start and end.
-- scope:  sums
-- grain:  one row per node
-- key:    node
-- reads:  core.stage_moves
-- column: node               | varchar | Stage, or '(start)', '(converted)', '(dropped)', '(open)'.
-- column: visits             | bigint  | Staged steps in it; for bracketed nodes the journeys that pass.
-- column: visits_settled     | bigint  | The same in settled journeys.
-- column: journeys           | bigint  | Journeys that were in it.
-- column: journeys_settled   | bigint  | Settled journeys that were in it.
-- column: journeys_converted | bigint  | Settled converted journeys that were in it.
-- column: customers          | bigint  | Customers who were in it.
-- column: customers_settled  | bigint  | Customers who were in it in settled journeys.
-- column: falls              | bigint  | Moves into it from a higher stage; 0 for bracketed nodes.
-- column: falls_settled      | bigint  | The same in settled journeys.
-- column: exits              | bigint  | Settled dropped journeys whose last staged step was in it.

with

moves as (
    select
        to_stage as node,
        customer_key,
        journey_number,
        is_settled,
        is_converted,
        coalesce(depth, 0) > 0 as is_fall,
        false as is_exit,
        true as is_visit
    from core.stage_moves
    union all
    select
        from_stage as node,
        customer_key,
        journey_number,
        is_settled,
        is_converted,
        false as is_fall,
        is_settled and to_stage = '(dropped)' as is_exit,
        from_stage = '(start)' as is_visit
    from core.stage_moves
    where from_stage = '(start)' or to_stage = '(dropped)'
),

counted as (
    select
        node,
        (row_number() over ())::integer as node_number,
        count(*) filter (where is_visit) as visits,
        count(*) filter (where is_visit and is_settled) as visits_settled,
        count(*) filter (where is_fall) as falls,
        count(*) filter (where is_fall and is_settled) as falls_settled,
        count(*) filter (where is_exit) as exits
    from moves
    group by node
),

by_journey as (
    select distinct
        counted.node_number,
        moves.customer_key,
        moves.journey_number,
        moves.is_settled,
        moves.is_converted
    from moves
    inner join counted on moves.node = counted.node
),

by_customer as (
    select
        node_number,
        customer_key,
        count(*) as journeys,
        count(*) filter (where is_settled) as journeys_settled,
        count(*) filter (where is_settled and is_converted) as journeys_converted
    from by_journey
    group by node_number, customer_key
),

visitors as (
    select
        node_number,
        sum(journeys)::bigint as journeys,
        sum(journeys_settled)::bigint as journeys_settled,
        sum(journeys_converted)::bigint as journeys_converted,
        count(*) as customers,
        count(*) filter (where journeys_settled > 0) as customers_settled
    from by_customer
    group by node_number
)

select
    counted.node,
    counted.visits,
    counted.visits_settled,
    visitors.journeys,
    visitors.journeys_settled,
    visitors.journeys_converted,
    visitors.customers,
    visitors.customers_settled,
    counted.falls,
    counted.falls_settled,
    counted.exits
from counted
inner join visitors on counted.node_number = visitors.node_number
order by counted.node
