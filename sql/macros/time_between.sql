-- model:   macros.time_between
-- about:   How long journeys take from their first action at one touchpoint to the next action at another, whatever comes between. A touchpoint that is context belongs to no journey. As Lab.funnel counts two steps by journey, from the first entry and without a window.
-- scope:   global
-- grain:   one row
-- key:
-- reads:   marts.events
-- params:  from_touchpoint, to_touchpoint
-- column:  journeys         | bigint | Journeys that were at the first touchpoint.
-- column:  journeys_arrived | bigint | Of them, those that came to the second one later.
-- column:  arrived_share    | double | journeys_arrived ÷ journeys; null without any.
-- column:  time_mean_seconds | double | Mean time of those that came; null without any.
-- column:  time_p10_seconds | double | 10th percentile of it.
-- column:  time_p50_seconds | double | Median.
-- column:  time_p90_seconds | double | 90th percentile.
-- column:  time_max_seconds | double | Longest.

with

acted as (
    select
        customer_id,
        journey_id,
        event_number,
        touchpoint,
        epoch_us(occurred_at) as occurred_us
    from events
    where
        journey_id is not null
        and not is_bot
        and role = 'action'
        and touchpoint in ($from_touchpoint, $to_touchpoint)
),

begun as (
    select
        customer_id,
        journey_id,
        min(event_number) as event_number,
        min(occurred_us) as occurred_us
    from acted
    where touchpoint = $from_touchpoint
    group by customer_id, journey_id
),

arrived as (
    select
        begun.customer_id,
        begun.journey_id,
        (min(acted.occurred_us) - min(begun.occurred_us)) / 1e6 as seconds
    from begun
    left join acted
        on
            begun.customer_id = acted.customer_id
            and begun.journey_id = acted.journey_id
            and acted.touchpoint = $to_touchpoint
            and begun.event_number < acted.event_number
    group by begun.customer_id, begun.journey_id
)

select
    count(*) as journeys,
    count(seconds) as journeys_arrived,
    count(seconds) / nullif(count(*), 0) as arrived_share,
    avg(seconds) as time_mean_seconds,
    quantile_cont(seconds, 0.1) as time_p10_seconds,
    quantile_cont(seconds, 0.5) as time_p50_seconds,
    quantile_cont(seconds, 0.9) as time_p90_seconds,
    max(seconds) as time_max_seconds
from arrived
