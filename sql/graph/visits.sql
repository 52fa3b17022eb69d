-- model:  graph.visits
-- about:  How often and by whom each touchpoint was visited, where dropped journeys ended, and how long people stayed.
-- scope:  global
-- grain:  one row per (part, touchpoint)
-- key:    part, touchpoint_key
-- reads:  graph.visit_counts, core.steps
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

-- Medians of two measures at once would hold twice as many values, more than a tight memory limit.
dwells as (
    select
        part,
        touchpoint_key,
        quantile_cont(epoch_us(left_at) - epoch_us(entered_at), 0.5) as dwell_microseconds
    from core.steps
    where part != 'service'
    group by part, touchpoint_key
),

waits as (
    select
        part,
        touchpoint_key,
        quantile_cont(next_wait_microseconds, [0.5, 0.9]) as wait_microseconds
    from core.steps
    where part != 'service'
    group by part, touchpoint_key
)

select
    counts.part,
    counts.touchpoint_key,
    counts.visits,
    counts.visits_settled,
    counts.journeys,
    counts.journeys_settled,
    counts.journeys_converted,
    counts.customers,
    counts.customers_settled,
    counts.exits,
    counts.returns,
    counts.returns_settled,
    counts.bounces,
    counts.bounces_settled,
    dwells.dwell_microseconds / 1e6 as dwell_p50_seconds,
    waits.wait_microseconds[1] / 1e6 as wait_p50_seconds,
    waits.wait_microseconds[2] / 1e6 as wait_p90_seconds,
    if(counts.waits > 0, counts.wait_microseconds / 1e6, null) as wait_total_seconds,
    counts.waits
from graph.visit_counts as counts
inner join dwells
    on counts.part = dwells.part and counts.touchpoint_key = dwells.touchpoint_key
inner join waits on counts.part = waits.part and counts.touchpoint_key = waits.touchpoint_key
order by counts.part desc, counts.touchpoint_key
