-- model:  marts.variants
-- about:  Distinct paths of journeys up to the goal, most frequent first. Service journeys are left out.
-- scope:  global
-- grain:  one row per path
-- key:    variant_number
-- reads:  graph.paths, core.journeys, core.touchpoints
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

with

-- Lists of keys: nine paths in ten have one customer, and telling all apart by path takes longer.
counted as (
    select
        paths.touchpoint_keys,
        count(*) as journeys,
        list_unique(list(paths.customer_key))::bigint as customers,
        count(*) filter (where journeys.is_settled) as journeys_settled,
        count(*) filter (where journeys.is_settled and journeys.outcome = 'converted') as converted,
        quantile_cont(journeys.duration_microseconds, 0.5) / 1e6 as duration_p50_seconds
    from graph.paths
    inner join core.journeys
        on
            paths.customer_key = journeys.customer_key
            and paths.journey_number = journeys.journey_number
    group by paths.touchpoint_keys
),

shared as (
    select
        counted.*,
        row_number() over in_order as variant_number,
        journeys / sum(journeys) over () as journey_share,
        sum(journeys) over in_order / sum(journeys) over () as cumulative_share
    from counted
    window in_order as (order by journeys desc, touchpoint_keys rows unbounded preceding)
),

-- Named only after the windows, so that these do not carry the list of all names with every row.
named as (
    select
        shared.*,
        list_transform(shared.touchpoint_keys, lambda code: names.names[code + 1]) as touchpoints
    from shared
    cross join (
        select list(touchpoint order by touchpoint_key) as names
        from core.touchpoints
    ) as names
)

select
    variant_number,
    array_to_string(touchpoints, ' -> ') as path,
    touchpoints,
    len(touchpoints) as steps,
    journeys,
    customers,
    journey_share,
    cumulative_share,
    journeys_settled,
    converted,
    converted / nullif(journeys_settled, 0) as conversion_rate,
    duration_p50_seconds
from named
order by variant_number
