-- model:  graph.stage_edge_counts
-- about:  How often and by whom one stage followed another before the goal: what graph.stage_edges counts.
-- scope:  sums
-- grain:  one row per (from_stage, to_stage, direction)
-- key:    from_stage, to_stage, direction
-- reads:  core.stage_moves
-- column: from_stage          | varchar | Stage left, or '(start)'.
-- column: to_stage            | varchar | Stage entered, or '(converted)', '(dropped)', '(open)'.
-- column: direction           | varchar | Direction of the moves; null to and from bracketed nodes.
-- column: transitions         | bigint  | Times seen.
-- column: transitions_settled | bigint  | Times seen in settled journeys.
-- column: journeys            | bigint  | Journeys that hold it.
-- column: journeys_settled    | bigint  | Settled journeys that hold it.
-- column: customers           | bigint  | Customers who made it.
-- column: customers_settled   | bigint  | Customers who made it in settled journeys.
-- check:  error | transitions >= journeys and journeys >= customers | a customer is counted once a journey at most, a journey once a transition
-- check:  error | transitions_settled <= transitions | settled transitions are among all

with

counted as (
    select
        from_stage,
        to_stage,
        direction,
        (row_number() over ())::integer as edge_number,
        count(*) as transitions,
        count(*) filter (where is_settled) as transitions_settled
    from core.stage_moves
    group by from_stage, to_stage, direction
),

-- Numbers for names: what journeys and customers are told apart by is then short.
by_journey as (
    select distinct
        counted.edge_number,
        moves.customer_key,
        moves.journey_number,
        moves.is_settled
    from core.stage_moves as moves
    inner join counted
        on
            moves.from_stage = counted.from_stage
            and moves.to_stage = counted.to_stage
            and moves.direction is not distinct from counted.direction
),

by_customer as (
    select
        edge_number,
        customer_key,
        count(*) as journeys,
        count(*) filter (where is_settled) as journeys_settled
    from by_journey
    group by edge_number, customer_key
),

walkers as (
    select
        edge_number,
        sum(journeys)::bigint as journeys,
        sum(journeys_settled)::bigint as journeys_settled,
        count(*) as customers,
        count(*) filter (where journeys_settled > 0) as customers_settled
    from by_customer
    group by edge_number
)

select
    counted.from_stage,
    counted.to_stage,
    counted.direction,
    counted.transitions,
    counted.transitions_settled,
    walkers.journeys,
    walkers.journeys_settled,
    walkers.customers,
    walkers.customers_settled
from counted
inner join walkers on counted.edge_number = walkers.edge_number
order by counted.from_stage, counted.to_stage, counted.direction
