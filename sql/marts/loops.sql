-- model:  marts.loops
-- about:  Loops people really walked before the goal, what they cost, and how journeys with a loop fared beside those that passed by. Differences are associated with the loop, not caused by it.
-- scope:  global
-- grain:  one row per loop
-- key:    touchpoints
-- reads:  graph.loops, core.touchpoints, analysis.intervals, analysis.differences
-- column: loop                    | varchar   | Its touchpoints joined by ' -> ', from the alphabetically least rotation; the last leads back to the first.
-- column: touchpoints             | varchar[] | The same as a list.
-- column: length                  | bigint    | Touchpoints in it, at least 2.
-- column: entered_touchpoint      | varchar   | Touchpoint it was entered by most often.
-- column: channels                | bigint    | Distinct channels in it.
-- column: channel_switches        | bigint    | Moves of one occurrence that lead into another channel, the closing one included.
-- column: occurrences             | bigint    | Times walked.
-- column: journeys                | bigint    | Journeys that walked it.
-- column: customers               | bigint    | Customers who walked it.
-- column: rounds_mean             | double    | Times it was walked in a row, on average.
-- column: rounds_max              | bigint    | Most times it was walked in a row.
-- column: steps_spent             | bigint    | Steps spent in it: length × occurrences.
-- column: seconds_spent           | double    | Time from leaving the entering step to the return, summed.
-- column: seconds_p50             | double    | Median of that time per occurrence.
-- column: journeys_with           | bigint    | Settled journeys that walked it.
-- column: conversion_rate_with    | double    | Converted ones ÷ journeys_with; null without any.
-- column: journeys_without        | bigint    | Settled journeys that reached entered_touchpoint before the goal and never walked the loop.
-- column: conversion_rate_without | double    | Converted ones ÷ journeys_without; null without any.
-- column: associated_difference   | double    | conversion_rate_with − conversion_rate_without; null where one of them is.
-- column: difference_low          | double    | Lower bound of the difference at 95 % (Newcombe, customers as clusters).
-- column: difference_high         | double    | Upper bound.
-- column: is_insufficient         | boolean   | Whether fewer than 30 customers stand behind one of the two rates.
-- check:  error | occurrences >= journeys and journeys >= customers | occurrences, journeys and customers nest
-- check:  error | difference_low <= associated_difference and associated_difference <= difference_high | a difference lies in its interval

with

names as (
    select list(touchpoint order by touchpoint_key) as names
    from core.touchpoints
),

coded as (
    select
        loops.*,
        array_to_string(loops.loop_keys, ',') as item
    from graph.loops
)

select
    loops.loop,
    list_transform(loops.loop_keys, lambda code: names.names[code + 1]) as touchpoints,
    loops.length,
    loops.entered_touchpoint,
    loops.channels,
    loops.channel_switches,
    loops.occurrences,
    loops.journeys,
    loops.customers,
    loops.occurrences / loops.runs as rounds_mean,
    loops.rounds_max,
    loops.steps_spent::bigint as steps_spent,
    loops.seconds_spent,
    loops.seconds_p50,
    loops.journeys_with,
    loops.converted_with / nullif(loops.journeys_with, 0) as conversion_rate_with,
    loops.journeys_without,
    loops.converted_without / nullif(loops.journeys_without, 0) as conversion_rate_without,
    differences.difference as associated_difference,
    differences.low as difference_low,
    differences.high as difference_high,
    coalesce(withs.is_insufficient, true) or coalesce(withouts.is_insufficient, true) as is_insufficient
from coded as loops
inner join names on true
left join analysis.differences
    on differences.measure = 'loop' and loops.item = differences.item
left join analysis.intervals as withs
    on withs.measure = 'loop_with' and loops.item = withs.item
left join analysis.intervals as withouts
    on withouts.measure = 'loop_without' and loops.item = withouts.item
order by loops.occurrences desc, touchpoints
