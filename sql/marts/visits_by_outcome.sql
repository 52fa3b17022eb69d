-- model:  marts.visits_by_outcome
-- about:  Where dropped journeys had been, against converted ones: the share of each that ever visited a touchpoint before the goal, over settled journeys. A difference is associated with dropping, not its cause. Goals and losses are left out.
-- scope:  global
-- grain:  one row per touchpoint visited before the goal by a settled journey
-- key:    touchpoint
-- reads:  analysis.drop_off_intervals, analysis.drop_off_differences, core.touchpoints
-- column: touchpoint             | varchar | Touchpoint.
-- column: label                  | varchar | Plain name.
-- column: channel                | varchar | Channel.
-- column: stage                  | varchar | Stage up to the goal; null for none.
-- column: dropped_visitors       | bigint  | Dropped journeys that visited it.
-- column: dropped_journeys       | bigint  | Dropped journeys: what dropped_share is over.
-- column: dropped_customers      | bigint  | Customers of those.
-- column: dropped_share          | double  | dropped_visitors ÷ dropped_journeys; null without any.
-- column: dropped_low            | double  | Lower bound at 95 % (Wilson, customers as clusters).
-- column: dropped_high           | double  | Upper bound.
-- column: converted_visitors     | bigint  | Converted journeys that visited it.
-- column: converted_journeys     | bigint  | Converted journeys: what converted_share is over.
-- column: converted_customers    | bigint  | Customers of those.
-- column: converted_share        | double  | converted_visitors ÷ converted_journeys; null without any.
-- column: converted_low          | double  | Lower bound at 95 %.
-- column: converted_high         | double  | Upper bound.
-- column: associated_difference  | double  | dropped_share − converted_share; null where one is.
-- column: difference_low         | double  | Lower bound at 95 % (Newcombe).
-- column: difference_high        | double  | Upper bound.
-- column: is_insufficient        | boolean | Whether fewer than 30 customers stand behind either share.
-- check:  error | dropped_visitors <= dropped_journeys and converted_visitors <= converted_journeys | visitors are among the journeys

with

seen as (
    select distinct item
    from analysis.drop_off_intervals
    where measure in ('visited_with', 'visited_without')
)

select
    touchpoints.touchpoint,
    touchpoints.label,
    touchpoints.channel,
    touchpoints.stage,
    coalesce(dropped.successes, 0) as dropped_visitors,
    coalesce(dropped.trials, 0) as dropped_journeys,
    coalesce(dropped.customers, 0) as dropped_customers,
    dropped.rate as dropped_share,
    dropped.low as dropped_low,
    dropped.high as dropped_high,
    coalesce(converted.successes, 0) as converted_visitors,
    coalesce(converted.trials, 0) as converted_journeys,
    coalesce(converted.customers, 0) as converted_customers,
    converted.rate as converted_share,
    converted.low as converted_low,
    converted.high as converted_high,
    differences.difference as associated_difference,
    differences.low as difference_low,
    differences.high as difference_high,
    coalesce(dropped.is_insufficient, true) or coalesce(converted.is_insufficient, true)
        as is_insufficient
from seen
inner join core.touchpoints on seen.item = touchpoints.touchpoint
left join analysis.drop_off_intervals as dropped
    on dropped.measure = 'visited_with' and seen.item = dropped.item
left join analysis.drop_off_intervals as converted
    on converted.measure = 'visited_without' and seen.item = converted.item
left join analysis.drop_off_differences as differences
    on differences.measure = 'visited' and seen.item = differences.item
order by touchpoints.touchpoint
