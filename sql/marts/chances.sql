-- model:  marts.chances
-- about:  What the absorbing chain of settled journeys says of each node before the goal: chance to convert, steps and time to the end, and what would be lost without it.
-- scope:  global
-- grain:  one row per node before the goal with settled visits
-- key:    node
-- reads:  analysis.chain, analysis.chances, graph.nodes, core.touchpoints
-- column: node                   | varchar | (start) or a touchpoint.
-- column: label                  | varchar | Plain name of the touchpoint; the node itself for (start).
-- column: channel                | varchar | Channel; null for (start).
-- column: stage                  | varchar | Stage up to the goal; null for none.
-- column: visits_settled         | bigint  | Settled visits; for (start) settled journeys.
-- column: customers              | bigint  | Customers who made them.
-- column: is_insufficient        | boolean | Whether fewer than 30 customers stand behind it.
-- column: p_convert              | double  | Chance that a journey standing there converts; at (start) the conversion rate.
-- column: p_convert_low          | double  | Lower bound at 95 %, by a bootstrap over customers; null where there are too many nodes or too few replicates.
-- column: p_convert_high         | double  | Upper bound.
-- column: p_convert_second_order | double  | The same by the chain that looks at the step before as well; chain_order tells which of the two to believe.
-- column: expected_steps         | double  | Steps still to come before the journey ends; at (start) steps of a journey.
-- column: expected_steps_low     | double  | Lower bound.
-- column: expected_steps_high    | double  | Upper bound.
-- column: expected_time_seconds  | double  | Time from entering it to the goal or the last step.
-- column: expected_time_low_seconds  | double | Lower bound.
-- column: expected_time_high_seconds | double | Upper bound.
-- column: removal_effect         | double  | Share of conversions lost if every journey that comes there were dropped; null for (start), goals and where nobody converts.
-- column: removal_effect_low     | double  | Lower bound.
-- column: removal_effect_high    | double  | Upper bound.
-- check:  error | p_convert between 0 and 1 | a chance lies in [0, 1]

select
    chances.node,
    coalesce(touchpoints.label, chances.node) as label,
    touchpoints.channel,
    touchpoints.stage,
    nodes.visits_settled,
    nodes.customers_settled as customers,
    nodes.customers_settled < 30 as is_insufficient,
    chain.p_convert,
    chances.p_convert_low,
    chances.p_convert_high,
    chances.p_convert_second_order,
    chances.expected_steps,
    chances.expected_steps_low,
    chances.expected_steps_high,
    chances.expected_seconds as expected_time_seconds,
    chances.expected_seconds_low as expected_time_low_seconds,
    chances.expected_seconds_high as expected_time_high_seconds,
    chances.removal_effect,
    chances.removal_effect_low,
    chances.removal_effect_high
from analysis.chances
inner join analysis.chain on chances.node = chain.node
inner join graph.nodes on nodes.part = 'before' and chances.node = nodes.node
left join core.touchpoints on nodes.touchpoint_key = touchpoints.touchpoint_key
order by chances.node
