-- model:  marts.stage_nodes
-- about:  The nodes of the graph between stages before the goal: every stage that occurs, and where journeys start and end. stage_kpis has the rates of stages.
-- scope:  global
-- grain:  one row per node
-- key:    node
-- reads:  graph.stage_nodes, config.stages
-- column: node               | varchar | Stage, or '(start)', '(converted)', '(dropped)', '(open)'.
-- column: stage_rank         | integer | Place of the stage, counted from 1; null for bracketed nodes.
-- column: visits             | bigint  | Staged steps in it; for bracketed nodes the journeys that pass.
-- column: visits_settled     | bigint  | The same in settled journeys.
-- column: journeys           | bigint  | Journeys that were in it.
-- column: journeys_settled   | bigint  | Settled journeys that were in it.
-- column: journeys_converted | bigint  | Settled converted journeys that were in it.
-- column: customers          | bigint  | Customers who were in it.
-- column: customers_settled  | bigint  | Customers who were in it in settled journeys.
-- column: reach              | double  | journeys_settled ÷ all settled journeys; null without any.
-- column: falls              | bigint  | Moves into it from a higher stage.
-- column: falls_settled      | bigint  | The same in settled journeys.
-- column: exits              | bigint  | Settled dropped journeys whose last staged step was in it.
-- column: is_insufficient    | boolean | Whether fewer than 30 customers were in it in settled journeys.
-- check:  error | visits >= journeys and journeys >= customers | visits, journeys and customers nest
-- check:  error | reach between 0 and 1 | a share lies in [0, 1]

select
    nodes.node,
    stages.stage_rank,
    nodes.visits,
    nodes.visits_settled,
    nodes.journeys,
    nodes.journeys_settled,
    nodes.journeys_converted,
    nodes.customers,
    nodes.customers_settled,
    nodes.journeys_settled
    / nullif(max(nodes.journeys_settled) filter (where nodes.node = '(start)') over (), 0) as reach,
    nodes.falls,
    nodes.falls_settled,
    nodes.exits,
    nodes.customers_settled < 30 as is_insufficient
from graph.stage_nodes as nodes
left join config.stages on nodes.node = stages.stage
order by stages.stage_rank nulls last, nodes.node
