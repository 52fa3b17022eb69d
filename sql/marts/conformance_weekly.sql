-- model:  marts.conformance_weekly
-- about:  The share of settled journeys that follow the designed map, by the week they started in. Empty without a map file.
-- scope:  global
-- grain:  one row per week
-- key:    week_date
-- reads:  analysis.journey_alignments, analysis.conformance_intervals, core.horizon
-- params: reporting_timezone, journey_timeout_days, assume_complete
-- column: week_date          | date    | Monday of the week, in the reporting zone.
-- column: journeys           | bigint  | Settled journeys that started in it, service journeys left out.
-- column: customers          | bigint  | Customers of those.
-- column: journeys_following | bigint  | Those without a deviation but allowed ones.
-- column: follows_map_share  | double  | journeys_following ÷ journeys.
-- column: follows_map_low    | double  | Lower bound at 95 % (Wilson, customers as clusters).
-- column: follows_map_high   | double  | Upper bound.
-- column: fitness_mean       | double  | Mean fitness.
-- column: is_immature        | boolean | Whether longer journeys of that week may not be settled yet; such weeks are not to be compared.
-- column: is_insufficient    | boolean | Whether fewer than 30 customers stand behind it.

with

weeks as (
    select
        date_trunc('week', timezone($reporting_timezone, timezone('UTC', started_at)))::date as week_date,
        sum((fitness * 1e9)::bigint) / count(*) / 1e9 as fitness_mean
    from analysis.journey_alignments
    group by week_date
)

select
    weeks.week_date,
    intervals.trials as journeys,
    intervals.customers,
    intervals.successes as journeys_following,
    intervals.rate as follows_map_share,
    intervals.low as follows_map_low,
    intervals.high as follows_map_high,
    weeks.fitness_mean,
    not $assume_complete
    and timezone('UTC', timezone($reporting_timezone, (weeks.week_date + 7)::timestamp))
    + to_days($journey_timeout_days) > horizon.horizon_at as is_immature,
    intervals.is_insufficient
from weeks
inner join analysis.conformance_intervals as intervals
    on intervals.measure = 'follows_map_weekly' and weeks.week_date::varchar = intervals.item
inner join core.horizon on true
order by weeks.week_date
