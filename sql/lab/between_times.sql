-- model:  lab.between_times
-- about:  How long it takes from one touchpoint to another, over journeys that came from one to the other.
-- scope:  global
-- grain:  one row
-- key:    from_touchpoint
-- reads:  lab.between_pairs, lab.flows
-- params: touchpoint, end_touchpoint
-- column: from_touchpoint | varchar | Touchpoint the time begins at.
-- column: to_touchpoint   | varchar | Touchpoint it ends at.
-- column: journeys_from   | bigint  | Journeys that reached the first.
-- column: journeys        | bigint  | Journeys that came to the other after it.
-- column: reached_share   | double  | journeys ÷ journeys_from; null without any.
-- column: customers       | bigint  | Customers of those that came there.
-- column: times           | bigint  | Times measured; more than journeys only where each visit counts.
-- column: min_seconds     | double  | Shortest; null without a time, like all that follow.
-- column: p10_seconds     | double  | 10th percentile.
-- column: p50_seconds     | double  | Median.
-- column: mean_seconds    | double  | Mean.
-- column: p90_seconds     | double  | 90th percentile.
-- column: max_seconds     | double  | Longest.

with

reached as (
    select count(distinct journey_id) as journeys_from
    from flows
    where touchpoint = $touchpoint
),

timed as (
    select
        count(distinct journey_id) as journeys,
        count(distinct customer_id) as customers,
        count(*) as times,
        min(seconds) as min_seconds,
        quantile_cont(seconds, 0.1) as p10_seconds,
        quantile_cont(seconds, 0.5) as p50_seconds,
        avg(seconds) as mean_seconds,
        quantile_cont(seconds, 0.9) as p90_seconds,
        max(seconds) as max_seconds
    from between_pairs
)

select
    $touchpoint as from_touchpoint,
    $end_touchpoint as to_touchpoint,
    reached.journeys_from,
    timed.journeys,
    timed.journeys / nullif(reached.journeys_from, 0) as reached_share,
    timed.customers,
    timed.times,
    timed.min_seconds,
    timed.p10_seconds,
    timed.p50_seconds,
    timed.mean_seconds,
    timed.p90_seconds,
    timed.max_seconds
from reached
cross join timed
