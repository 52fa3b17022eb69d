-- model:  marts.graph_nodes
-- about:  The nodes of the transition graph: touchpoints before and after the goal, and the bracketed nodes where journeys start and end. Service journeys are left out.
-- scope:  global
-- grain:  one row per (part, node)
-- key:    part, node
-- reads:  graph.nodes, graph.visits, analysis.node_flow, analysis.chain, core.touchpoints
-- column: part               | varchar | 'before' or 'after' the goal; the goal itself is before.
-- column: node               | varchar | Touchpoint, or '(start)', '(converted)', '(dropped)', '(open)', '(end)'.
-- column: label              | varchar | Plain name of the touchpoint; the node itself for bracketed nodes.
-- column: channel            | varchar | Channel; null for bracketed nodes.
-- column: stage              | varchar | Stage in this part; null for none.
-- column: stage_rank         | integer | Its place among the stages; null for none.
-- column: phase              | varchar | 'before', 'during' or 'after' purchase by its stage; null for none.
-- column: owner              | varchar | Who is responsible; null where not given.
-- column: visits             | bigint  | Steps there; for bracketed nodes the journeys that pass.
-- column: visits_settled     | bigint  | The same in settled journeys.
-- column: journeys           | bigint  | Journeys that visited it.
-- column: journeys_settled   | bigint  | Settled journeys that visited it.
-- column: journeys_converted | bigint  | Settled converted journeys that visited it; null for bracketed nodes.
-- column: customers          | bigint  | Customers who visited it.
-- column: customers_settled  | bigint  | Customers who visited it in settled journeys.
-- column: reach              | double  | journeys_settled ÷ settled journeys of the part (after the goal: settled converted ones); null without any.
-- column: exits              | bigint  | Settled dropped journeys whose last step it was; null for goals, bracketed nodes and the part after.
-- column: exit_rate          | double  | exits ÷ visits_settled; null where exits is, or without visits.
-- column: drop_off_rate      | double  | exits ÷ journeys_settled; null where exits is, or without journeys.
-- column: returns            | bigint  | Visits when it already occurred in this part of the journey; null for bracketed nodes.
-- column: returns_settled    | bigint  | The same in settled journeys; null for bracketed nodes.
-- column: bounces            | bigint  | Visits of the form A, B, A; null for bracketed nodes.
-- column: bounces_settled    | bigint  | The same in settled journeys; null for bracketed nodes.
-- column: p_convert          | double  | Chance that a settled journey standing there converts; null after the goal, for the ends and without settled visits.
-- column: pagerank           | double  | Share of time a walker along the settled transitions spends there, who restarts with probability 0.15 where the part begins; null without settled visits.
-- column: betweenness        | double  | Share of the pairs of other nodes whose shortest path runs through it, an edge being 1 ÷ its settled transitions long; null without settled visits.
-- column: component          | varchar | Where people circle: the most visited touchpoint of the strongly connected component it lies in, over edges with at least 1 % of the settled journeys; null where it circles with no other.
-- column: is_dominator       | boolean | Whether every way of the graph from (start) to (converted) passes it; null for goals, losses, bracketed nodes, the part after, without settled visits or where nobody converted.
-- column: is_on_every_bought_path | boolean | Whether all settled converted journeys contain it; null for goals, losses, bracketed nodes, the part after, or without any.
-- column: dwell_p50_seconds  | double  | Median time from first to last event of a visit; null for bracketed nodes.
-- column: wait_p50_seconds   | double  | Median wait from leaving it to the next step; null where nobody moved on.
-- column: wait_p90_seconds   | double  | 90th percentile of that wait; null where nobody moved on.
-- check:  error | visits >= journeys and journeys >= customers | visits, journeys and customers nest
-- check:  error | p_convert between 0 and 1 and exit_rate between 0 and 1 and drop_off_rate between 0 and 1 | rates lie in [0, 1]

select
    nodes.part,
    nodes.node,
    coalesce(touchpoints.label, nodes.node) as label,
    touchpoints.channel,
    if(nodes.part = 'after', touchpoints.stage_after_goal, touchpoints.stage) as stage,
    if(nodes.part = 'after', touchpoints.stage_after_goal_rank, touchpoints.stage_rank)
        as stage_rank,
    touchpoints.phase,
    touchpoints.owner,
    nodes.visits,
    nodes.visits_settled,
    nodes.journeys,
    nodes.journeys_settled,
    nodes.journeys_converted,
    nodes.customers,
    nodes.customers_settled,
    nodes.reach,
    nodes.exits,
    nodes.exit_rate,
    nodes.drop_off_rate,
    nodes.returns,
    nodes.returns_settled,
    nodes.bounces,
    nodes.bounces_settled,
    if(nodes.part = 'before', chain.p_convert, null) as p_convert,
    node_flow.pagerank,
    node_flow.betweenness,
    node_flow.component,
    node_flow.is_dominator,
    nodes.is_on_every_bought_path,
    visits.dwell_p50_seconds,
    visits.wait_p50_seconds,
    visits.wait_p90_seconds
from graph.nodes
inner join analysis.node_flow on nodes.part = node_flow.part and nodes.node = node_flow.node
left join analysis.chain on nodes.node = chain.node
left join graph.visits on nodes.part = visits.part and nodes.touchpoint_key = visits.touchpoint_key
left join core.touchpoints on nodes.touchpoint_key = touchpoints.touchpoint_key
order by nodes.part desc, nodes.node
