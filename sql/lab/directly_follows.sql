-- model:  lab.directly_follows
-- about:  How often one step directly follows another, with where paths start and how they end.
-- scope:  global
-- grain:  one row per (from_touchpoint, to_touchpoint)
-- key:    from_touchpoint, to_touchpoint
-- reads:  lab.flows
-- column: from_touchpoint   | varchar | Touchpoint left, or '(start)'.
-- column: to_touchpoint     | varchar | Touchpoint entered next, or how the journey ended: '(converted)', '(dropped)', '(open)', '(end)'.
-- column: transitions       | bigint  | Times it happened.
-- column: journeys          | bigint  | Journeys in which it did.
-- column: customers         | bigint  | Customers of them.
-- column: share_out         | double  | transitions ÷ all out of from_touchpoint.
-- column: share_in          | double  | transitions ÷ all into to_touchpoint.
-- column: wait_p50_seconds  | double  | Median wait from leaving one to entering the other; null from the start and to an end.
-- column: wait_p90_seconds  | double  | 90th percentile of it.
-- column: wait_mean_seconds | double  | Mean of it.

with

moves as (
    select
        customer_id,
        journey_id,
        touchpoint as from_touchpoint,
        next_touchpoint as to_touchpoint,
        next_wait_seconds as wait_seconds
    from flows
    union all
    select
        customer_id,
        journey_id,
        '(start)' as from_touchpoint,
        touchpoint as to_touchpoint,
        null as wait_seconds
    from flows
    where step_number = 1
)

select
    from_touchpoint,
    to_touchpoint,
    count(*) as transitions,
    count(distinct journey_id) as journeys,
    count(distinct customer_id) as customers,
    count(*) / sum(count(*)) over (partition by from_touchpoint) as share_out,
    count(*) / sum(count(*)) over (partition by to_touchpoint) as share_in,
    quantile_cont(wait_seconds, 0.5) as wait_p50_seconds,
    quantile_cont(wait_seconds, 0.9) as wait_p90_seconds,
    avg(wait_seconds) as wait_mean_seconds
from moves
group by from_touchpoint, to_touchpoint
order by transitions desc, from_touchpoint, to_touchpoint
