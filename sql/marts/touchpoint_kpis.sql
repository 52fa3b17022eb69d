-- model:  marts.touchpoint_kpis
-- about:  Figures of each touchpoint before the goal: who comes, who converts after all, who leaves there, and how long they take.
-- scope:  global
-- grain:  one row per touchpoint visited before the goal
-- key:    touchpoint
-- reads:  graph.nodes, graph.visits, core.touchpoints, analysis.intervals, analysis.chain
-- column: touchpoint           | varchar | Touchpoint.
-- column: label                | varchar | Plain name.
-- column: channel              | varchar | Channel.
-- column: stage                | varchar | Stage up to the goal; null for none.
-- column: visits               | bigint  | Steps there.
-- column: journeys             | bigint  | Journeys that visited it.
-- column: customers            | bigint  | Customers who visited it.
-- column: journeys_settled     | bigint  | Settled journeys that visited it: what the rates are over.
-- column: reach                | double  | journeys_settled ÷ all settled journeys; null without any.
-- column: conversion_rate      | double  | Share of journeys_settled that converted; null without any.
-- column: conversion_rate_low  | double  | Lower bound at 95 % (Wilson, customers as clusters).
-- column: conversion_rate_high | double  | Upper bound.
-- column: p_convert            | double  | Chance to convert when standing there, by the chain of settled transitions; null without settled visits.
-- column: exit_rate            | double  | Share of settled visits after which a dropped journey went no further; null for goals or without visits.
-- column: drop_off_rate        | double  | Share of journeys_settled that dropped there; null for goals or without journeys.
-- column: return_share         | double  | Share of visits when the journey had been there before.
-- column: bounces              | bigint  | Visits of the form A, B, A.
-- column: dwell_p50_seconds    | double  | Median time from first to last event of a visit.
-- column: wait_p50_seconds     | double  | Median wait from leaving it to the next step; null where nobody moved on.
-- column: wait_p90_seconds     | double  | 90th percentile of that wait.
-- column: is_insufficient      | boolean | Whether fewer than 30 customers stand behind the rates.

select
    nodes.node as touchpoint,
    touchpoints.label,
    touchpoints.channel,
    touchpoints.stage,
    nodes.visits,
    nodes.journeys,
    nodes.customers,
    nodes.journeys_settled,
    nodes.reach,
    intervals.rate as conversion_rate,
    intervals.low as conversion_rate_low,
    intervals.high as conversion_rate_high,
    chain.p_convert,
    nodes.exit_rate,
    nodes.drop_off_rate,
    nodes.returns / nodes.visits as return_share,
    nodes.bounces,
    visits.dwell_p50_seconds,
    visits.wait_p50_seconds,
    visits.wait_p90_seconds,
    nodes.customers_settled < 30 as is_insufficient
from graph.nodes
inner join core.touchpoints on nodes.touchpoint_key = touchpoints.touchpoint_key
inner join graph.visits on nodes.part = visits.part and nodes.touchpoint_key = visits.touchpoint_key
left join analysis.intervals on intervals.measure = 'conversion_at' and nodes.node = intervals.item
left join analysis.chain on nodes.node = chain.node
where nodes.part = 'before'
order by nodes.node
