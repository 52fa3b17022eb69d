-- on:       analysis.loop_proportions
-- severity: error
-- about:    Settled journeys with and without a loop are the same counts in the interval sums and in the loop table.
with

compared as (
    select
        array_to_string(loop_keys, ',') as item,
        'loop_with' as measure,
        journeys_with as journeys,
        converted_with as converted
    from graph.loops
    union all
    select
        array_to_string(loop_keys, ',') as item,
        'loop_without' as measure,
        journeys_without as journeys,
        converted_without as converted
    from graph.loops
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
