-- model:  lab.eventually_follows
-- about:  In how many journeys one touchpoint comes at some time after another, and how long that takes.
-- scope:  global
-- grain:  one row per (from_touchpoint, to_touchpoint)
-- key:    from_touchpoint, to_touchpoint
-- reads:  lab.timed_flows
-- column: from_touchpoint  | varchar | Touchpoint that was reached.
-- column: to_touchpoint    | varchar | Touchpoint that came after the first visit to it, whatever lay between.
-- column: journeys         | bigint  | Journeys in which it did.
-- column: customers        | bigint  | Customers of them.
-- column: journeys_from    | bigint  | Journeys that reached from_touchpoint.
-- column: share            | double  | journeys ÷ journeys_from.
-- column: wait_p50_seconds | double  | Median time from leaving the first visit to one to entering the first later visit to the other.
-- column: wait_p90_seconds | double  | 90th percentile of it.

with

firsts as (
    select
        customer_id,
        journey_id,
        touchpoint,
        step_number,
        left_at
    from timed_flows
    qualify row_number() over (
        partition by customer_id, journey_id, touchpoint order by step_number
    ) = 1
),

pairs as (
    select
        firsts.customer_id,
        firsts.journey_id,
        firsts.touchpoint as from_touchpoint,
        later.touchpoint as to_touchpoint,
        (epoch_us(min(later.entered_at)) - epoch_us(any_value(firsts.left_at))) / 1e6 as seconds
    from firsts
    inner join timed_flows as later
        on
            firsts.customer_id = later.customer_id
            and firsts.journey_id = later.journey_id
            and firsts.step_number < later.step_number
    group by firsts.customer_id, firsts.journey_id, firsts.touchpoint, later.touchpoint
),

reached as (
    select
        touchpoint,
        count(*) as journeys
    from firsts
    group by touchpoint
)

select
    pairs.from_touchpoint,
    pairs.to_touchpoint,
    count(*) as journeys,
    count(distinct pairs.customer_id) as customers,
    any_value(reached.journeys) as journeys_from,
    count(*) / any_value(reached.journeys) as share,
    quantile_cont(pairs.seconds, 0.5) as wait_p50_seconds,
    quantile_cont(pairs.seconds, 0.9) as wait_p90_seconds
from pairs
inner join reached on pairs.from_touchpoint = reached.touchpoint
group by pairs.from_touchpoint, pairs.to_touchpoint
order by journeys desc, pairs.from_touchpoint, pairs.to_touchpoint
