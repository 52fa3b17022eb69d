-- model:   macros.time_between
-- about:   How long journeys take up to the goal from leaving their first visit to one touchpoint to entering the next visit to another, whatever lies between. Those still on their way are not in the times. As Lab.time_between counts.
-- scope:   global
-- grain:   one row
-- key:
-- reads:   marts.steps
-- params:  from_touchpoint, to_touchpoint
-- column:  journeys_from | bigint | Journeys that reached the first touchpoint.
-- column:  journeys      | bigint | Of them, those that came to the other after it.
-- column:  reached_share | double | journeys ÷ journeys_from; null without any.
-- column:  min_seconds   | double | Shortest time; null where nobody came, like all that follow.
-- column:  p10_seconds   | double | 10th percentile.
-- column:  p50_seconds   | double | Median.
-- column:  mean_seconds  | double | Mean.
-- column:  p90_seconds   | double | 90th percentile.
-- column:  max_seconds   | double | Longest.

with

visits as (
    select
        customer_id,
        journey_id,
        step_number,
        touchpoint,
        epoch_us(entered_at) as entered_us,
        epoch_us(left_at) as left_us
    from steps
    where part = 'before' and touchpoint in ($from_touchpoint, $to_touchpoint)
),

begun as (
    select
        customer_id,
        journey_id,
        min(step_number) as step_number,
        min(left_us) as left_us
    from visits
    where touchpoint = $from_touchpoint
    group by customer_id, journey_id
),

times as (
    select
        begun.customer_id,
        begun.journey_id,
        (min(visits.entered_us) - min(begun.left_us)) / 1e6 as seconds
    from begun
    left join visits
        on
            begun.customer_id = visits.customer_id
            and begun.journey_id = visits.journey_id
            and visits.touchpoint = $to_touchpoint
            and begun.step_number < visits.step_number
    group by begun.customer_id, begun.journey_id
)

select
    count(*) as journeys_from,
    count(seconds) as journeys,
    count(seconds) / nullif(count(*), 0) as reached_share,
    min(seconds) as min_seconds,
    quantile_cont(seconds, 0.1) as p10_seconds,
    quantile_cont(seconds, 0.5) as p50_seconds,
    avg(seconds) as mean_seconds,
    quantile_cont(seconds, 0.9) as p90_seconds,
    max(seconds) as max_seconds
from times
