-- model:  marts.graph_edges
-- about:  The transitions of the graph: how often, by whom and how slowly one node follows another. Service journeys are left out.
-- scope:  global
-- grain:  one row per (part, from_node, to_node)
-- key:    part, from_node, to_node
-- reads:  graph.edges
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
-- column: direction           | varchar       | Most frequent direction: 'self', 'lateral', 'restart', 'back', 'stay', 'advance', 'skip'; null to and from bracketed nodes.
-- column: depth               | integer       | Most stages fallen by it, 0 for none; null to and from bracketed nodes.
-- column: returns             | bigint        | Transitions into a touchpoint already seen in this part of the journey.
-- column: returns_settled     | bigint        | The same in settled journeys.
-- column: return_share        | double        | returns_settled ÷ transitions_settled; null without any.
-- column: bounces             | bigint        | Transitions that complete the form A, B, A; they are returns too.
-- column: bounces_settled     | bigint        | The same in settled journeys.
-- column: bounce_share        | double        | bounces_settled ÷ transitions_settled; null without any.
-- column: wait_p10_seconds    | double        | 10th percentile of the wait between the two; null to and from bracketed nodes.
-- column: wait_p50_seconds    | double        | Median wait.
-- column: wait_p90_seconds    | double        | 90th percentile.
-- column: wait_mean_seconds   | double        | Mean wait.
-- column: value               | decimal(38,4) | Gross value of the journeys that hold it, each once, so values of edges do not add up; 0 without value.
-- column: is_insufficient     | boolean       | Whether fewer than 30 customers stand behind its shares.

select
    part,
    from_node,
    to_node,
    transitions,
    transitions_settled,
    journeys,
    journeys_settled,
    customers,
    customers_settled,
    share_out,
    share_in,
    direction,
    depth,
    returns,
    returns_settled,
    return_share,
    bounces,
    bounces_settled,
    bounce_share,
    wait_p10_seconds,
    wait_p50_seconds,
    wait_p90_seconds,
    wait_mean_seconds,
    value,
    customers_settled < 30 as is_insufficient
from graph.edges
order by part desc, from_node, to_node
