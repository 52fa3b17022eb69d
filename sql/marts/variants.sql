-- model:  marts.variants
-- about:  Distinct paths of journeys up to the goal, most frequent first. Service journeys are left out.
-- scope:  global
-- grain:  one row per path
-- key:    variant_number
-- reads:  graph.variants
-- column: variant_number       | bigint | Rank by journeys, counted from 1.
-- column: path                 | varchar | Touchpoints joined by ' -> '.
-- column: touchpoints          | varchar[] | The same as a list.
-- column: steps                | bigint | Touchpoints in it.
-- column: journeys             | bigint | Journeys that took it.
-- column: customers            | bigint | Customers who took it.
-- column: journey_share        | double | journeys ÷ all journeys.
-- column: cumulative_share     | double | Share of this and all more frequent paths.
-- column: journeys_settled     | bigint | Settled journeys that took it.
-- column: converted            | bigint | Settled converted journeys that took it.
-- column: conversion_rate      | double | converted ÷ journeys_settled; null without any.
-- column: duration_p50_seconds | double | Median time from start to goal, loss or last action.

select
    variant_number,
    path,
    touchpoints,
    steps,
    journeys,
    customers,
    journey_share,
    cumulative_share,
    journeys_settled,
    converted,
    conversion_rate,
    duration_p50_seconds
from graph.variants
order by variant_number
