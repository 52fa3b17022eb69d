-- model:  analysis.loop_proportions
-- about:  Conversion of the settled journeys that walked a loop, or went to and fro between a pair, and of those that reached the touchpoint it is entered by and never did, summed per customer.
-- scope:  global
-- grain:  one row per (measure, loop or pair); item is its touchpoint codes
-- key:    measure, item
-- reads:  graph.loops, graph.ping_pongs, core.loop_walks, core.ping_pongs, core.journeys, core.touchpoints, analysis.customer_visits
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

walks as (
    select 'loop' as kind, loop_keys as keys, customer_key, journey_number from core.loop_walks
    union all
    select 'ping_pong' as kind, pair_keys as keys, customer_key, journey_number from core.ping_pongs
),

entries as (
    select 'loop' as kind, loop_keys as keys, entered_touchpoint from graph.loops
    union all
    select 'ping_pong' as kind, pair_keys as keys, entered_touchpoint from graph.ping_pongs
),

entered as (
    select
        entries.kind,
        entries.keys,
        touchpoints.touchpoint_key
    from entries
    inner join core.touchpoints on entries.entered_touchpoint = touchpoints.touchpoint
),

walkers as (
    select
        walks.kind,
        walks.keys,
        walks.customer_key,
        count(distinct walks.journey_number) as n,
        count(distinct walks.journey_number) filter (where journeys.outcome = 'converted') as x
    from walks
    inner join core.journeys
        on
            walks.customer_key = journeys.customer_key
            and walks.journey_number = journeys.journey_number
    where journeys.is_settled
    group by walks.kind, walks.keys, walks.customer_key
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
        walkers.kind,
        walkers.keys,
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
    inner join entered on walkers.kind = entered.kind and walkers.keys = entered.keys
    inner join analysis.customer_visits as visits
        on
            entered.touchpoint_key = visits.touchpoint_key
            and walkers.customer_key = visits.customer_key
    group by walkers.kind, walkers.keys
)

select
    kind || '_with' as measure,
    array_to_string(keys, ',') as item,
    sum(x)::bigint as successes,
    sum(n)::bigint as trials,
    count(*) as customers,
    sum(x * x)::hugeint as sum_xx,
    sum(x * n)::hugeint as sum_xn,
    sum(n * n)::hugeint as sum_nn
from walkers
group by kind, keys
union all
select
    entered.kind || '_without' as measure,
    array_to_string(entered.keys, ',') as item,
    (totals.successes - coalesce(taken.successes, 0))::bigint as successes,
    (totals.trials - coalesce(taken.trials, 0))::bigint as trials,
    (totals.customers - coalesce(taken.customers, 0))::bigint as customers,
    (totals.sum_xx - coalesce(taken.sum_xx, 0))::hugeint as sum_xx,
    (totals.sum_xn - coalesce(taken.sum_xn, 0))::hugeint as sum_xn,
    (totals.sum_nn - coalesce(taken.sum_nn, 0))::hugeint as sum_nn
from entered
inner join totals on entered.touchpoint_key = totals.touchpoint_key
left join taken on entered.kind = taken.kind and entered.keys = taken.keys
order by measure, item
