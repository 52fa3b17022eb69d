-- model:  graph.stage_edges
-- about:  The graph between stages before the goal: how often, by whom and how slowly one stage follows another, by direction.
-- scope:  global
-- grain:  one row per (from_stage, to_stage, direction)
-- key:    from_stage, to_stage, direction
-- reads:  graph.stage_edge_counts, core.stage_moves
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

times as (
    select
        from_stage,
        to_stage,
        direction,
        any_value(depth) as depth,
        quantile_cont(wait_microseconds, [0.1, 0.5, 0.9]) as wait_microseconds,
        sum(wait_microseconds) / count(wait_microseconds) as wait_mean_microseconds
    from core.stage_moves
    where wait_microseconds is not null
    group by from_stage, to_stage, direction
)

select
    counts.from_stage,
    counts.to_stage,
    counts.direction,
    times.depth,
    counts.transitions,
    counts.transitions_settled,
    counts.journeys,
    counts.journeys_settled,
    counts.customers,
    counts.customers_settled,
    counts.transitions_settled
    / nullif(sum(counts.transitions_settled) over (partition by counts.to_stage), 0) as share_in,
    times.wait_microseconds[1] / 1e6 as wait_p10_seconds,
    times.wait_microseconds[2] / 1e6 as wait_p50_seconds,
    times.wait_microseconds[3] / 1e6 as wait_p90_seconds,
    times.wait_mean_microseconds / 1e6 as wait_mean_seconds
from graph.stage_edge_counts as counts
left join times
    on
        counts.from_stage = times.from_stage
        and counts.to_stage = times.to_stage
        and counts.direction is not distinct from times.direction
order by counts.from_stage, counts.to_stage, counts.direction
