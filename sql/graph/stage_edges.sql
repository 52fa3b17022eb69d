-- model:  graph.stage_edges
-- about:  The graph between stages before the goal: how often, by whom and how slowly one stage follows another, by direction.
-- scope:  global
-- grain:  one row per (from_stage, to_stage, direction)
-- key:    from_stage, to_stage, direction
-- reads:  core.stage_moves
-- column: from_stage          | varchar | Stage left, or '(start)'.
-- column: to_stage            | varchar | Stage entered, or '(converted)', '(dropped)', '(open)'.
-- column: direction           | varchar | Direction of the moves; null to and from bracketed nodes.
-- column: depth               | integer | Stages fallen; null to and from bracketed nodes.
-- column: transitions         | bigint  | Times seen.
-- column: transitions_settled | bigint  | Times seen in settled journeys.
-- column: journeys            | bigint  | Journeys that hold it.
-- column: journeys_settled    | bigint  | Settled journeys that hold it.
-- column: customers           | bigint  | Customers who made it.
-- column: customers_settled   | bigint  | Customers who made it in settled journeys.
-- column: share_in            | double  | transitions_settled ÷ all settled transitions into to_stage; null without any.
-- column: wait_p10_seconds    | double  | 10th percentile of the wait between the two; null to and from bracketed nodes.
-- column: wait_p50_seconds    | double  | Median wait.
-- column: wait_p90_seconds    | double  | 90th percentile.
-- column: wait_mean_seconds   | double  | Mean wait.
-- check:  error | transitions >= journeys and journeys >= customers | a customer is counted once a journey at most, a journey once a transition
-- check:  error | transitions_settled <= transitions | settled transitions are among all

with

counted as (
    select
        from_stage,
        to_stage,
        direction,
        (row_number() over ())::integer as edge_number,
        any_value(depth) as depth,
        count(*) as transitions,
        count(*) filter (where is_settled) as transitions_settled,
        quantile_cont(wait_microseconds, [0.1, 0.5, 0.9]) as wait_microseconds,
        sum(wait_microseconds) / count(wait_microseconds) as wait_mean_microseconds
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
    counted.depth,
    counted.transitions,
    counted.transitions_settled,
    walkers.journeys,
    walkers.journeys_settled,
    walkers.customers,
    walkers.customers_settled,
    counted.transitions_settled
    / nullif(sum(counted.transitions_settled) over (partition by counted.to_stage), 0) as share_in,
    counted.wait_microseconds[1] / 1e6 as wait_p10_seconds,
    counted.wait_microseconds[2] / 1e6 as wait_p50_seconds,
    counted.wait_microseconds[3] / 1e6 as wait_p90_seconds,
    counted.wait_mean_microseconds / 1e6 as wait_mean_seconds
from counted
inner join walkers on counted.edge_number = walkers.edge_number
order by counted.from_stage, counted.to_stage, counted.direction
