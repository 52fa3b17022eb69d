-- model:  marts.ping_pong
-- about:  Pairs of touchpoints people go to and fro between before the goal (A, B, A), and how journeys that did fared beside those that reached the touchpoint it began at and never did. Differences are associated with it, not caused by it.
-- scope:  global
-- grain:  one row per pair of touchpoints
-- key:    touchpoint, other_touchpoint
-- reads:  graph.ping_pongs, analysis.intervals, analysis.differences
-- column: touchpoint              | varchar | One of the two, alphabetically first.
-- column: other_touchpoint        | varchar | The other.
-- column: entered_touchpoint      | varchar | The one it began at most often.
-- column: bounces                 | bigint  | Steps of the form A, B, A; A, B, A, B holds two.
-- column: journeys                | bigint  | Journeys with one.
-- column: customers               | bigint  | Customers with one.
-- column: rounds_p50              | double  | Median number of times an unbroken run came back to where it began.
-- column: rounds_max              | bigint  | Greatest number of them.
-- column: journeys_with           | bigint  | Settled journeys with a bounce between the two.
-- column: conversion_rate_with    | double  | Converted ones ÷ journeys_with; null without any.
-- column: journeys_without        | bigint  | Settled journeys that reached entered_touchpoint before the goal and never bounced between the two.
-- column: conversion_rate_without | double  | Converted ones ÷ journeys_without; null without any.
-- column: associated_difference   | double  | conversion_rate_with − conversion_rate_without; null where one of them is.
-- column: difference_low          | double  | Lower bound of the difference at 95 % (Newcombe, customers as clusters).
-- column: difference_high         | double  | Upper bound.
-- column: is_insufficient         | boolean | Whether fewer than 30 customers stand behind one of the two rates.
-- check:  error | bounces >= journeys and journeys >= customers | bounces, journeys and customers nest
-- check:  error | difference_low <= associated_difference and associated_difference <= difference_high | a difference lies in its interval

with

coded as (
    select
        ping_pongs.*,
        array_to_string(ping_pongs.pair_keys, ',') as item
    from graph.ping_pongs
)

select
    pairs.touchpoints[1] as touchpoint,
    pairs.touchpoints[2] as other_touchpoint,
    pairs.entered_touchpoint,
    pairs.bounces,
    pairs.journeys,
    pairs.customers,
    pairs.rounds_p50,
    pairs.rounds_max,
    pairs.journeys_with,
    pairs.converted_with / nullif(pairs.journeys_with, 0) as conversion_rate_with,
    pairs.journeys_without,
    pairs.converted_without / nullif(pairs.journeys_without, 0) as conversion_rate_without,
    differences.difference as associated_difference,
    differences.low as difference_low,
    differences.high as difference_high,
    coalesce(withs.is_insufficient, true) or coalesce(withouts.is_insufficient, true) as is_insufficient
from coded as pairs
left join analysis.differences
    on differences.measure = 'ping_pong' and pairs.item = differences.item
left join analysis.intervals as withs
    on withs.measure = 'ping_pong_with' and pairs.item = withs.item
left join analysis.intervals as withouts
    on withouts.measure = 'ping_pong_without' and pairs.item = withouts.item
order by pairs.bounces desc, touchpoint, other_touchpoint
