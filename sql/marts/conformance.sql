-- model:  marts.conformance
-- about:  How many settled journeys follow the designed map, for converted and for dropped ones apart. Empty without a map file.
-- scope:  global
-- grain:  one row per outcome, and one for all
-- key:    outcome
-- reads:  analysis.journey_alignments, analysis.conformance_intervals
-- column: outcome             | varchar | 'all', 'converted' or 'dropped'.
-- column: journeys            | bigint  | Settled journeys, service journeys left out.
-- column: customers           | bigint  | Customers of those.
-- column: journeys_following  | bigint  | Those without a deviation but allowed ones; one that ends early may still follow.
-- column: journeys_finished   | bigint  | Those that came to the end of the map, deviating or not.
-- column: follows_map_share   | double  | journeys_following ÷ journeys.
-- column: follows_map_low     | double  | Lower bound at 95 % (Wilson, customers as clusters).
-- column: follows_map_high    | double  | Upper bound.
-- column: fitness_mean        | double  | Mean fitness: 1 − cost ÷ (steps + shortest complete run of the map).
-- column: fitness_so_far_mean | double  | Mean fitness with the steps after the journey's end left free.
-- column: is_insufficient     | boolean | Whether fewer than 30 customers stand behind it.
-- check:  error | follows_map_low <= follows_map_share and follows_map_share <= follows_map_high | a share lies in its interval

with

grouped as (
    select
        unnest(['all', outcome]) as outcome,
        fitness,
        fitness_so_far,
        is_finished
    from analysis.journey_alignments
)

select
    grouped.outcome,
    any_value(intervals.trials) as journeys,
    any_value(intervals.customers) as customers,
    any_value(intervals.successes) as journeys_following,
    count(*) filter (where grouped.is_finished) as journeys_finished,
    any_value(intervals.rate) as follows_map_share,
    any_value(intervals.low) as follows_map_low,
    any_value(intervals.high) as follows_map_high,
    sum((grouped.fitness * 1e9)::bigint) / count(*) / 1e9 as fitness_mean,
    sum((grouped.fitness_so_far * 1e9)::bigint) / count(*) / 1e9 as fitness_so_far_mean,
    any_value(intervals.is_insufficient) as is_insufficient
from grouped
inner join analysis.conformance_intervals as intervals
    on intervals.measure = 'follows_map' and grouped.outcome = intervals.item
group by grouped.outcome
order by grouped.outcome
