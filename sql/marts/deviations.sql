-- model:  marts.deviations
-- about:  Where settled journeys leave the designed map, most journeys first, and how those that do fared beside those that stood at the same place and did not. Differences are associated with the deviation, not caused by it. Empty without a map file.
-- scope:  global
-- grain:  one row per deviation
-- key:    kind, touchpoint
-- reads:  analysis.deviations, analysis.conformance_intervals, analysis.conformance_differences, analysis.deviation_time_effects
-- column: rank                    | bigint  | Place by journeys among those that are not allowed; null for allowed ones.
-- column: kind                    | varchar | 'skipped' a step; 'extra' touchpoint that has no place on the map; 'back' to a step done before; 'repeat' of the step just done; 'out_of_order': a step too early or too late.
-- column: touchpoint              | varchar | Touchpoint; for 'skipped' the step of the map.
-- column: after_touchpoint        | varchar | Touchpoint it most often comes after; '(start)' before anything fitted.
-- column: is_allowed              | boolean | Whether the map's allow-list names it.
-- column: occurrences             | bigint  | Times it occurs.
-- column: journeys                | bigint  | Settled journeys that have it.
-- column: customers               | bigint  | Customers of those.
-- column: journey_share           | double  | journeys ÷ settled journeys.
-- column: conversion_rate_with    | double  | Converted ÷ journeys.
-- column: journeys_without        | bigint  | Settled journeys that reached after_touchpoint and do not deviate so.
-- column: conversion_rate_without | double  | Converted ones ÷ journeys_without; null without any.
-- column: associated_difference   | double  | conversion_rate_with − conversion_rate_without; null where one of them is.
-- column: difference_low          | double  | Lower bound of the difference at 95 % (Newcombe, customers as clusters).
-- column: difference_high         | double  | Upper bound.
-- column: goal_seconds_with_converted_only    | double | Mean time to the goal of converted journeys with it whose start is known; null without any.
-- column: goal_seconds_without_converted_only | double | The same of those without it.
-- column: associated_goal_seconds_converted_only | double | The first less the second; null where one of them is.
-- column: goal_seconds_low        | double  | Lower bound of that difference at 95 % (bootstrap over customers).
-- column: goal_seconds_high       | double  | Upper bound.
-- column: is_insufficient         | boolean | Whether fewer than 30 customers stand behind one of the two rates.
-- column: evidence                | varchar | A query on this snapshot that lists its journeys.
-- check:  error | difference_low <= associated_difference and associated_difference <= difference_high | a difference lies in its interval
-- check:  error | occurrences >= journeys and journeys >= customers | occurrences, journeys and customers nest

select
    if(
        deviations.is_allowed, null,
        row_number() over (
            partition by deviations.is_allowed order by deviations.journeys desc, deviations.item
        )
    ) as rank,
    deviations.kind,
    deviations.touchpoint,
    deviations.anchor as after_touchpoint,
    deviations.is_allowed,
    deviations.occurrences,
    deviations.journeys,
    deviations.customers,
    deviations.journeys / totals.trials as journey_share,
    withs.rate as conversion_rate_with,
    coalesce(withouts.trials, 0) as journeys_without,
    withouts.rate as conversion_rate_without,
    differences.difference as associated_difference,
    differences.low as difference_low,
    differences.high as difference_high,
    times.seconds_with as goal_seconds_with_converted_only,
    times.seconds_without as goal_seconds_without_converted_only,
    times.difference as associated_goal_seconds_converted_only,
    times.low as goal_seconds_low,
    times.high as goal_seconds_high,
    withs.is_insufficient or coalesce(withouts.is_insufficient, true) as is_insufficient,
    'select * from journey_conformance where list_contains(deviation_names, '''
    || replace(deviations.item, '''', '''''') || ''')' as evidence
from analysis.deviations
inner join analysis.conformance_intervals as totals
    on totals.measure = 'follows_map' and totals.item = 'all'
inner join analysis.conformance_intervals as withs
    on withs.measure = 'deviation_with' and deviations.item = withs.item
left join analysis.conformance_intervals as withouts
    on withouts.measure = 'deviation_without' and deviations.item = withouts.item
left join analysis.conformance_differences as differences
    on differences.measure = 'deviation' and deviations.item = differences.item
left join analysis.deviation_time_effects as times on deviations.item = times.item
order by deviations.is_allowed, deviations.journeys desc, deviations.kind, deviations.touchpoint
