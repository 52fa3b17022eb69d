-- model:  lab.paths
-- about:  What people did step by step around an anchor: how many went from where to where.
-- scope:  global
-- grain:  one row per move between two neighbouring columns
-- key:    step, from_touchpoint, to_touchpoint, is_return
-- reads:  lab.path_moves
-- params: is_repeated
-- column: step              | bigint  | Column of the picture the move leaves, counted from 1; 0 for the move into the first.
-- column: from_touchpoint   | varchar | Touchpoint there, '(other)' for those not named, or a bracketed node.
-- column: to_touchpoint     | varchar | Touchpoint of the next column, '(other)' or a bracketed node.
-- column: is_return         | boolean | Whether the touchpoint entered already occurred in this part of the journey.
-- column: journeys          | bigint  | Journeys that made the move.
-- column: paths             | bigint  | Paths that made it; each step adds up to all of them. More than journeys only where every occurrence is a path.
-- column: share             | double  | paths ÷ all paths of the picture.
-- column: journeys_settled  | bigint  | Settled journeys that made it.
-- column: conversion_rate   | double  | Share of the settled paths whose journey converted; null without any.
-- column: wait_p50_seconds  | double  | Median wait from leaving one to entering the other; null where nobody moved on.
-- column: wait_p90_seconds  | double  | 90th percentile of it.

with

pictured as (
    select
        step,
        from_touchpoint,
        to_touchpoint,
        is_return,
        if(
            $is_repeated,
            count(distinct if($is_repeated, (customer_id, journey_id), null)),
            sum(paths)
        )::bigint as journeys,
        sum(paths)::bigint as paths,
        if(
            $is_repeated,
            count(distinct if($is_repeated and settled > 0, (customer_id, journey_id), null)),
            sum(settled)
        )::bigint as journeys_settled,
        sum(converted) / nullif(sum(settled), 0) as conversion_rate,
        coalesce(
            any_value(wait_seconds), list_aggregate(flatten(list(waits)), 'quantile_cont', [0.5, 0.9])
        ) as wait_seconds
    from path_moves
    group by step, from_touchpoint, to_touchpoint, is_return
)

select
    step,
    from_touchpoint,
    to_touchpoint,
    is_return,
    journeys,
    paths,
    paths / sum(paths) over (partition by step) as share,
    journeys_settled,
    conversion_rate,
    wait_seconds[1] as wait_p50_seconds,
    wait_seconds[2] as wait_p90_seconds
from pictured
order by step, journeys desc, from_touchpoint, to_touchpoint, is_return
