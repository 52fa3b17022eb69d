-- on:       analysis.loop_proportions
-- severity: error
-- about:    Settled journeys with and without a loop or ping-pong are the same counts in the interval sums and in the tables of loops and pairs.

with

counted as (
    select
        'loop' as kind,
        loop_keys as keys,
        journeys_with,
        converted_with,
        journeys_without,
        converted_without
    from graph.loops
    union all
    select
        'ping_pong' as kind,
        pair_keys as keys,
        journeys_with,
        converted_with,
        journeys_without,
        converted_without
    from graph.ping_pongs
),

compared as (
    select
        array_to_string(keys, ',') as item,
        kind || '_with' as measure,
        journeys_with as journeys,
        converted_with as converted
    from counted
    union all
    select
        array_to_string(keys, ',') as item,
        kind || '_without' as measure,
        journeys_without as journeys,
        converted_without as converted
    from counted
)

select
    compared.measure,
    compared.item,
    compared.journeys,
    compared.converted,
    proportions.trials,
    proportions.successes
from compared
left join analysis.loop_proportions as proportions
    on compared.measure = proportions.measure and compared.item = proportions.item
where
    compared.journeys != coalesce(proportions.trials, 0)
    or compared.converted != coalesce(proportions.successes, 0)
