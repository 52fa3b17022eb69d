-- model:  graph.visits
-- about:  How often and by whom each touchpoint was visited, where dropped journeys ended, and how long people stayed.
-- scope:  global
-- grain:  one row per (part, touchpoint)
-- key:    part, touchpoint_key
-- reads:  core.steps, core.journeys
-- column: part               | varchar   | 'before' or 'after' the goal.
-- column: touchpoint_key     | usmallint | Touchpoint.
-- column: visits             | bigint    | Steps there.
-- column: visits_settled     | bigint    | The same in settled journeys.
-- column: journeys           | bigint    | Journeys that visited it.
-- column: journeys_settled   | bigint    | Settled journeys that visited it.
-- column: journeys_converted | bigint    | Settled converted journeys that visited it.
-- column: customers          | bigint    | Customers who visited it.
-- column: customers_settled  | bigint    | Customers who visited it in settled journeys.
-- column: exits              | bigint    | Settled dropped journeys whose last step it was; 0 in part after.
-- column: returns            | bigint    | Visits when it already occurred in this part of the journey.
-- column: returns_settled    | bigint    | The same in settled journeys.
-- column: bounces            | bigint    | Visits of the form A, B, A.
-- column: bounces_settled    | bigint    | The same in settled journeys.
-- column: dwell_p50_seconds  | double    | Median time from first to last event of a visit.
-- column: wait_p50_seconds   | double    | Median wait from leaving it to the next step; null where nobody moved on.
-- column: wait_p90_seconds   | double    | 90th percentile of that wait.
-- column: wait_total_seconds | double    | Sum of those waits; null where nobody moved on.
-- column: waits              | bigint    | Visits after which a step followed in the same part.

with

by_journey as (
    select
        steps.part,
        steps.touchpoint_key,
        steps.customer_key,
        steps.journey_number,
        any_value(journeys.is_settled) as is_settled,
        any_value(journeys.is_settled and journeys.outcome = 'converted') as is_converted,
        count(*) as visits,
        count(*) filter (where steps.is_return) as returns,
        count(*) filter (where steps.is_bounce) as bounces,
        count(*) filter (
            where steps.next_touchpoint_key is null
            and steps.part = 'before'
            and journeys.is_settled
            and journeys.outcome in ('lost', 'lapsed')
        ) as exits
    from core.steps
    inner join core.journeys
        on
            steps.customer_key = journeys.customer_key
            and steps.journey_number = journeys.journey_number
    where steps.part != 'service'
    group by steps.part, steps.touchpoint_key, steps.customer_key, steps.journey_number
),

by_customer as (
    select
        part,
        touchpoint_key,
        customer_key,
        sum(visits) as visits,
        sum(if(is_settled, visits, 0)) as visits_settled,
        count(*) as journeys,
        count(*) filter (where is_settled) as journeys_settled,
        count(*) filter (where is_converted) as journeys_converted,
        sum(exits) as exits,
        sum(returns) as returns,
        sum(if(is_settled, returns, 0)) as returns_settled,
        sum(bounces) as bounces,
        sum(if(is_settled, bounces, 0)) as bounces_settled
    from by_journey
    group by part, touchpoint_key, customer_key
),

counted as (
    select
        part,
        touchpoint_key,
        sum(visits)::bigint as visits,
        sum(visits_settled)::bigint as visits_settled,
        sum(journeys)::bigint as journeys,
        sum(journeys_settled)::bigint as journeys_settled,
        sum(journeys_converted)::bigint as journeys_converted,
        count(*) as customers,
        count(*) filter (where journeys_settled > 0) as customers_settled,
        sum(exits)::bigint as exits,
        sum(returns)::bigint as returns,
        sum(returns_settled)::bigint as returns_settled,
        sum(bounces)::bigint as bounces,
        sum(bounces_settled)::bigint as bounces_settled
    from by_customer
    group by part, touchpoint_key
),

times as (
    select
        part,
        touchpoint_key,
        quantile_cont(epoch_us(left_at) - epoch_us(entered_at), 0.5) / 1e6 as dwell_p50_seconds,
        quantile_cont(next_wait_microseconds, [0.5, 0.9]) as wait_microseconds,
        sum(next_wait_microseconds) / 1e6 as wait_total_seconds,
        count(next_wait_microseconds) as waits
    from core.steps
    where part != 'service'
    group by part, touchpoint_key
)

select
    counted.part,
    counted.touchpoint_key,
    counted.visits,
    counted.visits_settled,
    counted.journeys,
    counted.journeys_settled,
    counted.journeys_converted,
    counted.customers,
    counted.customers_settled,
    counted.exits,
    counted.returns,
    counted.returns_settled,
    counted.bounces,
    counted.bounces_settled,
    times.dwell_p50_seconds,
    times.wait_microseconds[1] / 1e6 as wait_p50_seconds,
    times.wait_microseconds[2] / 1e6 as wait_p90_seconds,
    times.wait_total_seconds,
    times.waits
from counted
inner join times on counted.part = times.part and counted.touchpoint_key = times.touchpoint_key
order by counted.part desc, counted.touchpoint_key
