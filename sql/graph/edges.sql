-- model:  graph.edges
-- about:  The transition graph of all journeys but service ones: how often, by whom and how slowly one node follows another.
-- scope:  global
-- grain:  one row per (part, from_node, to_node)
-- key:    part, from_node, to_node
-- reads:  graph.edge_counts, core.moves
-- column: part                | varchar       | 'before' or 'after' the goal.
-- column: from_node           | varchar       | Touchpoint left, or '(start)', '(converted)'.
-- column: to_node             | varchar       | Touchpoint entered, or '(converted)', '(dropped)', '(open)', '(end)'.
-- column: transitions         | bigint        | Times seen.
-- column: transitions_settled | bigint        | Times seen in settled journeys.
-- column: journeys            | bigint        | Journeys that hold it.
-- column: journeys_settled    | bigint        | Settled journeys that hold it.
-- column: customers           | bigint        | Customers who made it.
-- column: customers_settled   | bigint        | Customers who made it in settled journeys.
-- column: share_out           | double        | transitions_settled ÷ all settled transitions out of from_node; null without any.
-- column: share_in            | double        | transitions_settled ÷ all settled transitions into to_node; null without any.
-- column: wait_p10_seconds    | double        | 10th percentile of the wait between the two; null to and from bracketed nodes.
-- column: wait_p50_seconds    | double        | Median wait.
-- column: wait_p90_seconds    | double        | 90th percentile.
-- column: wait_mean_seconds   | double        | Mean wait.
-- column: direction           | varchar       | Most frequent direction, ties by name; null to and from bracketed nodes.
-- column: depth               | integer       | Most stages fallen by it, 0 for none; null to and from bracketed nodes.
-- column: returns             | bigint        | Transitions into a touchpoint already seen in this part of the journey.
-- column: returns_settled     | bigint        | The same in settled journeys.
-- column: return_share        | double        | returns_settled ÷ transitions_settled; null without any.
-- column: bounces             | bigint        | Transitions that complete the form A, B, A.
-- column: bounces_settled     | bigint        | The same in settled journeys.
-- column: bounce_share        | double        | bounces_settled ÷ transitions_settled; null without any.
-- column: value               | decimal(38,4) | Gross value of the journeys that hold it, each once; not additive; 0 without value.
-- check:  error | transitions >= journeys and journeys >= customers | a customer is counted once a journey at most, a journey once a transition
-- check:  error | transitions_settled <= transitions | settled transitions are among all
-- check:  error | transitions >= returns and returns >= bounces and transitions_settled >= returns_settled and returns_settled >= bounces_settled | a bounce is a return, a return a transition
-- check:  error | share_out between 0 and 1 and share_in between 0 and 1 | shares lie in [0, 1]

with

waits as (
    select
        part,
        from_node,
        to_node,
        quantile_cont(wait_microseconds, [0.1, 0.5, 0.9]) as wait_microseconds,
        sum(wait_microseconds) / count(wait_microseconds) as wait_mean_microseconds,
        mode(direction order by direction) as direction,
        max(depth) as depth
    from core.moves
    where direction is not null
    group by part, from_node, to_node
)

select
    counts.part,
    counts.from_node,
    counts.to_node,
    counts.transitions,
    counts.transitions_settled,
    counts.journeys,
    counts.journeys_settled,
    counts.customers,
    counts.customers_settled,
    counts.transitions_settled
    / nullif(sum(counts.transitions_settled) over (partition by counts.part, counts.from_node), 0)
        as share_out,
    counts.transitions_settled
    / nullif(sum(counts.transitions_settled) over (partition by counts.part, counts.to_node), 0)
        as share_in,
    waits.wait_microseconds[1] / 1e6 as wait_p10_seconds,
    waits.wait_microseconds[2] / 1e6 as wait_p50_seconds,
    waits.wait_microseconds[3] / 1e6 as wait_p90_seconds,
    waits.wait_mean_microseconds / 1e6 as wait_mean_seconds,
    waits.direction,
    waits.depth,
    counts.returns,
    counts.returns_settled,
    counts.returns_settled / nullif(counts.transitions_settled, 0) as return_share,
    counts.bounces,
    counts.bounces_settled,
    counts.bounces_settled / nullif(counts.transitions_settled, 0) as bounce_share,
    counts.value
from graph.edge_counts as counts
left join waits
    on
        counts.part = waits.part
        and counts.from_node = waits.from_node
        and counts.to_node = waits.to_node
order by counts.part desc, counts.from_node, counts.to_node
