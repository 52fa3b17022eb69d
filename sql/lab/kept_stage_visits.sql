-- model:  lab.kept_stage_visits
-- about:  What each journey did at each node of the graph between stages, sorted, so that any journeys are added up in one pass.
-- scope:  global
-- grain:  one row per (node, journey)
-- key:    node, customer_key, journey_number
-- reads:  core.stage_moves
-- params:
-- column: node           | varchar | Stage or bracketed node.
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: visits         | bigint  | As graph.stage_nodes counts them.
-- column: falls          | bigint  | Moves into it from a higher stage.
-- column: exits          | bigint  | 1 if the journey is settled and dropped from it.

with

moves as (
    select
        to_stage as node,
        customer_key,
        journey_number,
        1 as visits,
        (coalesce(depth, 0) > 0)::integer as falls,
        0 as exits
    from core.stage_moves
    union all
    select
        from_stage as node,
        customer_key,
        journey_number,
        (from_stage = '(start)')::integer as visits,
        0 as falls,
        (is_settled and to_stage = '(dropped)')::integer as exits
    from core.stage_moves
    where from_stage = '(start)' or to_stage = '(dropped)'
)

select
    node,
    customer_key,
    journey_number,
    sum(visits)::bigint as visits,
    sum(falls)::bigint as falls,
    sum(exits)::bigint as exits
from moves
group by node, customer_key, journey_number
order by node, customer_key, journey_number
