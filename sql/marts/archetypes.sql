-- model:  marts.archetypes
-- about:  Typical journeys: settled journeys that go alike, found without a look at their outcome. Empty where there is no structure; archetype_quality says so.
-- scope:  global
-- grain:  one row per archetype
-- key:    archetype_number
-- reads:  analysis.archetypes, analysis.archetype_labels, analysis.archetype_intervals, analysis.journey_clusters, core.journeys, core.journey_ids, core.steps, core.touchpoints
-- column: archetype_number     | integer   | Place by size, counted from 1.
-- column: label                | varchar   | What tells it apart: labels of at most three touchpoints that more of its journeys visit than of the others.
-- column: touchpoints          | varchar[] | Those touchpoints.
-- column: medoid_journey_id    | varchar   | A real journey that stands for it: the sampled one nearest to its middle.
-- column: path                 | varchar   | Touchpoints of that journey up to the goal, joined by ' -> '.
-- column: journeys             | bigint    | Settled journeys in it, service journeys left out.
-- column: customers            | bigint    | Customers of those.
-- column: journey_share        | double    | journeys ÷ journeys of all archetypes.
-- column: converted            | bigint    | Converted journeys in it.
-- column: conversion_rate      | double    | converted ÷ journeys.
-- column: conversion_rate_low  | double    | Lower bound at 95 % (Wilson, customers as clusters).
-- column: conversion_rate_high | double    | Upper bound.
-- column: back_and_forth_share | double    | Share of its journeys with a step to a lower stage or to a touchpoint visited before.
-- column: back_and_forth_low   | double    | Lower bound at 95 %.
-- column: back_and_forth_high  | double    | Upper bound.
-- column: steps_p50            | double    | Median number of steps up to the goal.
-- column: duration_p50_seconds | double    | Median time from start to goal, loss or last action.
-- column: is_insufficient      | boolean   | Whether fewer than 30 customers stand behind it.
-- check:  error | conversion_rate_low <= conversion_rate and conversion_rate <= conversion_rate_high | a rate lies in its interval

with

medoids as (
    select
        archetypes.archetype_number,
        string_agg(touchpoints.touchpoint, ' -> ' order by steps.step_number) as path
    from analysis.archetypes
    inner join core.journey_ids on archetypes.medoid_id = journey_ids.journey_id
    inner join core.steps
        on
            journey_ids.customer_key = steps.customer_key
            and journey_ids.journey_number = steps.journey_number
    inner join core.touchpoints on steps.touchpoint_key = touchpoints.touchpoint_key
    where steps.part = 'before'
    group by archetypes.archetype_number
),

medians as (
    select
        clusters.cluster,
        quantile_cont(journeys.steps, 0.5) as steps_p50,
        quantile_cont(journeys.duration_microseconds, 0.5) / 1e6 as duration_p50_seconds
    from analysis.journey_clusters as clusters
    inner join core.journeys
        on
            clusters.customer_key = journeys.customer_key
            and clusters.journey_number = journeys.journey_number
    group by clusters.cluster
)

select
    archetypes.archetype_number,
    labels.label,
    labels.touchpoints,
    archetypes.medoid_id as medoid_journey_id,
    medoids.path,
    archetypes.journeys,
    archetypes.customers,
    archetypes.journeys / sum(archetypes.journeys) over () as journey_share,
    rates.successes as converted,
    rates.rate as conversion_rate,
    rates.low as conversion_rate_low,
    rates.high as conversion_rate_high,
    shares.rate as back_and_forth_share,
    shares.low as back_and_forth_low,
    shares.high as back_and_forth_high,
    medians.steps_p50,
    medians.duration_p50_seconds,
    rates.is_insufficient
from analysis.archetypes
inner join analysis.archetype_labels as labels
    on archetypes.archetype_number = labels.archetype_number
inner join medoids on archetypes.archetype_number = medoids.archetype_number
inner join medians on archetypes.cluster = medians.cluster
inner join analysis.archetype_intervals as rates
    on rates.measure = 'archetype_conversion' and archetypes.archetype_number::varchar = rates.item
inner join analysis.archetype_intervals as shares
    on shares.measure = 'archetype_back_and_forth' and archetypes.archetype_number::varchar = shares.item
order by archetypes.archetype_number
