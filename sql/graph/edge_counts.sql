-- model:  graph.edge_counts
-- about:  How often and by whom one node followed another: what graph.edges counts.
-- scope:  sums
-- grain:  one row per (part, from_node, to_node)
-- key:    part, from_node, to_node
-- reads:  core.moves
-- column: part                | varchar       | 'before' or 'after' the goal.
-- column: from_node           | varchar       | Touchpoint left, or '(start)', '(converted)'.
-- column: to_node             | varchar       | Touchpoint entered, or '(converted)', '(dropped)', '(open)', '(end)'.
-- column: transitions         | bigint        | Times seen.
-- column: transitions_settled | bigint        | Times seen in settled journeys.
-- column: journeys            | bigint        | Journeys that hold it.
-- column: journeys_settled    | bigint        | Settled journeys that hold it.
-- column: customers           | bigint        | Customers who made it.
-- column: customers_settled   | bigint        | Customers who made it in settled journeys.
-- column: returns             | bigint        | Transitions into a touchpoint already seen in this part of the journey.
-- column: returns_settled     | bigint        | The same in settled journeys.
-- column: bounces             | bigint        | Transitions that complete the form A, B, A.
-- column: bounces_settled     | bigint        | The same in settled journeys.
-- column: value               | decimal(38,4) | Gross value of the journeys that hold it, each once; 0 without value.
-- check:  error | transitions > 0 | only moves made are counted

with

counted as (
    select
        part,
        from_node,
        to_node,
        (row_number() over ())::integer as edge_number,
        count(*) as transitions,
        count(*) filter (where is_settled) as transitions_settled,
        count(*) filter (where is_return) as returns,
        count(*) filter (where is_return and is_settled) as returns_settled,
        count(*) filter (where is_bounce) as bounces,
        count(*) filter (where is_bounce and is_settled) as bounces_settled
    from core.moves
    group by part, from_node, to_node
),

-- Numbers for names: what journeys and customers are told apart by is then short.
by_journey as (
    select distinct
        counted.edge_number,
        moves.customer_key,
        moves.journey_number,
        moves.is_settled,
        moves.value
    from core.moves
    inner join counted
        on
            moves.part = counted.part
            and moves.from_node = counted.from_node
            and moves.to_node = counted.to_node
),

by_customer as (
    select
        edge_number,
        customer_key,
        count(*) as journeys,
        count(*) filter (where is_settled) as journeys_settled,
        sum(value) as value
    from by_journey
    group by edge_number, customer_key
),

walkers as (
    select
        edge_number,
        sum(journeys)::bigint as journeys,
        sum(journeys_settled)::bigint as journeys_settled,
        count(*) as customers,
        count(*) filter (where journeys_settled > 0) as customers_settled,
        coalesce(sum(value), 0)::decimal(38, 4) as value
    from by_customer
    group by edge_number
)

select
    counted.part,
    counted.from_node,
    counted.to_node,
    counted.transitions,
    counted.transitions_settled,
    walkers.journeys,
    walkers.journeys_settled,
    walkers.customers,
    walkers.customers_settled,
    counted.returns,
    counted.returns_settled,
    counted.bounces,
    counted.bounces_settled,
    walkers.value
from counted
inner join walkers on counted.edge_number = walkers.edge_number
order by counted.part desc, counted.from_node, counted.to_node
