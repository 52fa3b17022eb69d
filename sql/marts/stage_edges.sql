-- model:  marts.stage_edges
-- about:  The graph between stages before the goal, by direction: how often, by whom and how slowly one stage follows another. Unstaged steps are passed over, service journeys left out.
-- scope:  global
-- grain:  one row per (from_stage, to_stage, direction)
-- key:    from_stage, to_stage, direction
-- reads:  graph.stage_edges, analysis.stage_edge_intervals
-- column: from_stage          | varchar | Stage left, or '(start)'.
-- column: to_stage            | varchar | Stage entered, or '(converted)', '(dropped)', '(open)'. A journey without any staged step leads from '(start)' straight to its outcome.
-- column: direction           | varchar | 'advance', 'skip', 'stay' (another touchpoint of the stage), 'self' (the same one), 'back' or 'restart'; null to and from bracketed nodes.
-- column: depth               | integer | Stages fallen, 0 for none; null to and from bracketed nodes.
-- column: transitions         | bigint  | Times seen.
-- column: transitions_settled | bigint  | Times seen in settled journeys.
-- column: journeys            | bigint  | Journeys that hold it.
-- column: journeys_settled    | bigint  | Settled journeys that hold it.
-- column: customers           | bigint  | Customers who made it.
-- column: customers_settled   | bigint  | Customers who made it in settled journeys.
-- column: share_out           | double  | transitions_settled ÷ all settled transitions out of from_stage; null without any.
-- column: share_out_low       | double  | Lower bound at 95 % (Wilson, customers as clusters).
-- column: share_out_high      | double  | Upper bound.
-- column: share_in            | double  | transitions_settled ÷ all settled transitions into to_stage; null without any.
-- column: wait_p10_seconds    | double  | 10th percentile of the time from leaving a step of the one to entering the next staged step; null to and from bracketed nodes.
-- column: wait_p50_seconds    | double  | Median of it.
-- column: wait_p90_seconds    | double  | 90th percentile.
-- column: wait_mean_seconds   | double  | Mean.
-- column: is_insufficient     | boolean | Whether fewer than 30 customers left from_stage in settled journeys.
-- check:  error | share_out_low <= share_out and share_out <= share_out_high | a share lies in its interval

select
    edges.from_stage,
    edges.to_stage,
    edges.direction,
    edges.depth,
    edges.transitions,
    edges.transitions_settled,
    edges.journeys,
    edges.journeys_settled,
    edges.customers,
    edges.customers_settled,
    intervals.rate as share_out,
    intervals.low as share_out_low,
    intervals.high as share_out_high,
    edges.share_in,
    edges.wait_p10_seconds,
    edges.wait_p50_seconds,
    edges.wait_p90_seconds,
    edges.wait_mean_seconds,
    coalesce(intervals.is_insufficient, true) as is_insufficient
from graph.stage_edges as edges
left join analysis.stage_edge_intervals as intervals
    on intervals.item = to_json([edges.from_stage, edges.to_stage, edges.direction])::varchar
order by edges.from_stage, edges.to_stage, edges.direction
