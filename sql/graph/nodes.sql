-- model:  graph.nodes
-- about:  The nodes of the transition graph: touchpoints before and after the goal, and the bracketed nodes where journeys start and end.
-- scope:  global
-- grain:  one row per (part, node)
-- key:    part, node
-- reads:  graph.bracket_counts, core.journeys, core.touchpoints, graph.visits
-- column: part               | varchar   | 'before' or 'after' the goal.
-- column: node               | varchar   | Touchpoint, or '(start)', '(converted)', '(dropped)', '(open)', '(end)'.
-- column: touchpoint_key     | usmallint | Touchpoint; null for bracketed nodes.
-- column: visits             | bigint    | Steps there; for bracketed nodes the journeys that pass.
-- column: visits_settled     | bigint    | The same in settled journeys.
-- column: journeys           | bigint    | Journeys that visited it.
-- column: journeys_settled   | bigint    | Settled journeys that visited it.
-- column: journeys_converted | bigint    | Settled converted journeys that visited it; null for bracketed nodes.
-- column: customers          | bigint    | Customers who visited it.
-- column: customers_settled  | bigint    | Customers who visited it in settled journeys.
-- column: reach              | double    | journeys_settled ÷ settled journeys of the part (after: settled converted ones); null without any.
-- column: exits              | bigint    | Settled dropped journeys whose last step it was; null for goals, bracketed nodes and part after.
-- column: exit_rate          | double    | exits ÷ visits_settled; null where exits is, or without visits.
-- column: drop_off_rate      | double    | exits ÷ journeys_settled; null where exits is, or without journeys.
-- column: returns            | bigint    | Visits when it already occurred in this part of the journey; null for bracketed nodes.
-- column: returns_settled    | bigint    | The same in settled journeys; null for bracketed nodes.
-- column: bounces            | bigint    | Visits of the form A, B, A; null for bracketed nodes.
-- column: bounces_settled    | bigint    | The same in settled journeys; null for bracketed nodes.
-- column: is_on_every_bought_path | boolean | Whether all settled converted journeys contain it; null for goals, losses, bracketed nodes, part after, or without any.
-- check:  error | visits >= journeys and journeys >= customers | visits, journeys and customers nest
-- check:  error | exit_rate between 0 and 1 and drop_off_rate between 0 and 1 and reach between 0 and 1 | rates lie in [0, 1]

with

settled as (
    select
        count(*) filter (where outcome != 'service') as before_journeys,
        count(*) filter (where outcome = 'converted') as converted_journeys
    from core.journeys
    where is_settled
),

nodes as (
    select
        visits.*,
        touchpoints.touchpoint as node,
        visits.part = 'before' and not touchpoints.is_goal as is_candidate,
        touchpoints.is_loss
    from graph.visits
    inner join core.touchpoints on visits.touchpoint_key = touchpoints.touchpoint_key
    union all by name
    select
        part,
        node,
        journeys as visits,
        journeys_settled as visits_settled,
        journeys,
        journeys_settled,
        customers,
        customers_settled,
        false as is_candidate
    from graph.bracket_counts
)

select
    nodes.part,
    nodes.node,
    nodes.touchpoint_key,
    nodes.visits,
    nodes.visits_settled,
    nodes.journeys,
    nodes.journeys_settled,
    nodes.journeys_converted,
    nodes.customers,
    nodes.customers_settled,
    nodes.journeys_settled / nullif(
        if(nodes.part = 'before', settled.before_journeys, settled.converted_journeys), 0
    ) as reach,
    if(nodes.is_candidate, nodes.exits, null) as exits,
    if(nodes.is_candidate, nodes.exits / nullif(nodes.visits_settled, 0), null) as exit_rate,
    if(nodes.is_candidate, nodes.exits / nullif(nodes.journeys_settled, 0), null) as drop_off_rate,
    nodes.returns,
    nodes.returns_settled,
    nodes.bounces,
    nodes.bounces_settled,
    case
        when nodes.is_candidate and not nodes.is_loss and settled.converted_journeys > 0
            then nodes.journeys_converted = settled.converted_journeys
    end as is_on_every_bought_path
from nodes
inner join settled on true
order by nodes.part desc, nodes.touchpoint_key, nodes.node
