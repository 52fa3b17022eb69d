-- model:  graph.stage_nodes
-- about:  The nodes of the graph between stages before the goal: stages that occur, and the bracketed nodes where journeys start and end.
-- scope:  global
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

entries as (
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

by_journey as (
    select
        node,
        customer_key,
        journey_number,
        any_value(is_settled) as is_settled,
        any_value(is_converted) as is_converted,
        count(*) filter (where is_visit) as visits,
        count(*) filter (where is_fall) as falls,
        count(*) filter (where is_exit) as exits
    from entries
    group by node, customer_key, journey_number
)

select
    node,
    sum(visits)::bigint as visits,
    coalesce(sum(visits) filter (where is_settled), 0)::bigint as visits_settled,
    count(*) as journeys,
    count(*) filter (where is_settled) as journeys_settled,
    count(*) filter (where is_settled and is_converted) as journeys_converted,
    count(distinct customer_key) as customers,
    count(distinct customer_key) filter (where is_settled) as customers_settled,
    sum(falls)::bigint as falls,
    coalesce(sum(falls) filter (where is_settled), 0)::bigint as falls_settled,
    sum(exits)::bigint as exits
from by_journey
group by node
order by node
