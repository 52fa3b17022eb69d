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

entries as (
    select 'loop' as kind, loop_keys as keys, entered_touchpoint from graph.loops
    union all
    select 'ping_pong' as kind, pair_keys as keys, entered_touchpoint from graph.ping_pongs
),

entered as (
    select
        entries.kind,
        entries.keys,
        (row_number() over ())::integer as entry_number,
        touchpoints.touchpoint_key
    from entries
    inner join core.touchpoints on entries.entered_touchpoint = touchpoints.touchpoint
),

-- Numbers for lists: what journeys and customers are told apart by is then short.
walks as (
    select
        entered.entry_number,
        loop_walks.customer_key,
        loop_walks.journey_number
    from core.loop_walks
    inner join entered on loop_walks.loop_keys = entered.keys
    where entered.kind = 'loop' and loop_walks.is_first
    union all
    select
        entered.entry_number,
        ping_pongs.customer_key,
        ping_pongs.journey_number
    from core.ping_pongs
    inner join entered on ping_pongs.pair_keys = entered.keys
    where entered.kind = 'ping_pong' and ping_pongs.is_first
),

walkers as (
    select
        walks.entry_number,
        walks.customer_key,
        count(*) as n,
        count(*) filter (where journeys.outcome = 'converted') as x
    from walks
    inner join core.journeys
        on
            walks.customer_key = journeys.customer_key
            and walks.journey_number = journeys.journey_number
    where journeys.is_settled
    group by walks.entry_number, walks.customer_key
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
        walkers.entry_number,
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
    inner join entered on walkers.entry_number = entered.entry_number
    inner join analysis.customer_visits as visits
        on
            entered.touchpoint_key = visits.touchpoint_key
            and walkers.customer_key = visits.customer_key
    group by walkers.entry_number
)

select
    entered.kind || '_with' as measure,
    array_to_string(entered.keys, ',') as item,
    sum(walkers.x)::bigint as successes,
    sum(walkers.n)::bigint as trials,
    count(*) as customers,
    sum(walkers.x * walkers.x)::hugeint as sum_xx,
    sum(walkers.x * walkers.n)::hugeint as sum_xn,
    sum(walkers.n * walkers.n)::hugeint as sum_nn
from walkers
inner join entered on walkers.entry_number = entered.entry_number
group by entered.kind, entered.keys
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
left join taken on entered.entry_number = taken.entry_number
order by measure, item
