-- model:  analysis.loop_proportions
-- about:  Conversion of the settled journeys that walked a loop, and of those that reached the touchpoint it is entered by and never walked it, summed per customer.
-- scope:  global
-- grain:  one row per (measure, loop); item is the loop's touchpoint codes
-- key:    measure, item
-- reads:  graph.loops, core.loop_walks, core.journeys, core.touchpoints, analysis.customer_visits
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

walkers as (
    select
        walks.loop_keys,
        walks.customer_key,
        count(distinct walks.journey_number) as n,
        count(distinct walks.journey_number) filter (where journeys.outcome = 'converted') as x
    from core.loop_walks as walks
    inner join core.journeys
        on
            walks.customer_key = journeys.customer_key
            and walks.journey_number = journeys.journey_number
    where journeys.is_settled
    group by walks.loop_keys, walks.customer_key
),

totals as (
    select
        touchpoint_key,
        sum(converted) as successes,
        sum(journeys) as trials,
        count(*) as customers,
        sum(converted * converted) as sum_xx,
        sum(converted * journeys) as sum_xn,
        sum(journeys * journeys) as sum_nn
    from analysis.customer_visits
    group by touchpoint_key
),

-- Only walkers are joined: what they take from the touchpoint's totals of "never walked it".
taken as (
    select
        walkers.loop_keys,
        sum(walkers.x) as successes,
        sum(walkers.n) as trials,
        count(*) filter (where visits.journeys = walkers.n) as customers,
        sum(visits.converted ** 2 - (visits.converted - walkers.x) ** 2) as sum_xx,
        sum(
            visits.converted * visits.journeys
            - (visits.converted - walkers.x) * (visits.journeys - walkers.n)
        ) as sum_xn,
        sum(visits.journeys ** 2 - (visits.journeys - walkers.n) ** 2) as sum_nn
    from walkers
    inner join graph.loops on walkers.loop_keys = loops.loop_keys
    inner join core.touchpoints on loops.entered_touchpoint = touchpoints.touchpoint
    inner join analysis.customer_visits as visits
        on
            touchpoints.touchpoint_key = visits.touchpoint_key
            and walkers.customer_key = visits.customer_key
    group by walkers.loop_keys
)

select
    'loop_with' as measure,
    array_to_string(loop_keys, ',') as item,
    sum(x)::bigint as successes,
    sum(n)::bigint as trials,
    count(*) as customers,
    sum(x * x)::hugeint as sum_xx,
    sum(x * n)::hugeint as sum_xn,
    sum(n * n)::hugeint as sum_nn
from walkers
group by loop_keys
union all
select
    'loop_without' as measure,
    array_to_string(loops.loop_keys, ',') as item,
    (totals.successes - coalesce(taken.successes, 0))::bigint as successes,
    (totals.trials - coalesce(taken.trials, 0))::bigint as trials,
    (totals.customers - coalesce(taken.customers, 0))::bigint as customers,
    (totals.sum_xx - coalesce(taken.sum_xx, 0))::hugeint as sum_xx,
    (totals.sum_xn - coalesce(taken.sum_xn, 0))::hugeint as sum_xn,
    (totals.sum_nn - coalesce(taken.sum_nn, 0))::hugeint as sum_nn
from graph.loops
inner join core.touchpoints on loops.entered_touchpoint = touchpoints.touchpoint
inner join totals on touchpoints.touchpoint_key = totals.touchpoint_key
left join taken on loops.loop_keys = taken.loop_keys
order by measure, item
