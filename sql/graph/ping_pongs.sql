-- model:  graph.ping_pongs
-- about:  Pairs of touchpoints people go to and fro between before the goal, and how journeys that did fared.
-- scope:  global
-- grain:  one row per pair
-- key:    pair_keys
-- reads:  core.ping_pongs, core.journeys, core.touchpoints, graph.visits
-- column: pair_keys          | usmallint[] | The two touchpoints, lesser key first.
-- column: touchpoints        | varchar[]   | Their names, in the same order.
-- column: entered_touchpoint | varchar     | Touchpoint runs began at most often, ties by name.
-- column: bounces            | bigint      | Steps of the form A, B, A.
-- column: runs               | bigint      | Unbroken runs of bounces.
-- column: rounds_p50         | double      | Median number of times a run came back to where it began.
-- column: rounds_max         | bigint      | Greatest number of them.
-- column: journeys           | bigint      | Journeys with such a run.
-- column: customers          | bigint      | Customers with one.
-- column: journeys_with      | bigint      | Settled journeys with one.
-- column: converted_with     | bigint      | Converted ones among them.
-- column: journeys_without   | bigint      | Settled journeys that reached entered_touchpoint before the goal and never went to and fro.
-- column: converted_without  | bigint      | Converted ones among them.
-- check:  error | bounces >= runs and runs >= journeys and journeys >= customers | bounces, runs, journeys and customers nest
-- check:  error | journeys_without >= converted_without and converted_without >= 0 | who bounced reached the touchpoint it began at

with

bouncers as (
    select
        ping_pongs.pair_keys,
        ping_pongs.customer_key,
        count(*) as journeys,
        count(*) filter (where journeys.is_settled) as journeys_with,
        count(*) filter (where journeys.is_settled and journeys.outcome = 'converted') as converted_with
    from core.ping_pongs
    inner join core.journeys
        on
            ping_pongs.customer_key = journeys.customer_key
            and ping_pongs.journey_number = journeys.journey_number
    where ping_pongs.is_first
    group by ping_pongs.pair_keys, ping_pongs.customer_key
),

counted as (
    select
        pair_keys,
        sum(journeys)::bigint as journeys,
        count(*) as customers,
        sum(journeys_with)::bigint as journeys_with,
        sum(converted_with)::bigint as converted_with
    from bouncers
    group by pair_keys
),

walked as (
    select
        pair_keys,
        mode(entered_touchpoint_key order by entered_touchpoint_key) as entered_touchpoint_key,
        sum(bounces)::bigint as bounces,
        count(*) as runs,
        quantile_cont(rounds, 0.5) as rounds_p50,
        max(rounds) as rounds_max
    from core.ping_pongs
    group by pair_keys
)

select
    counted.pair_keys,
    list_transform(counted.pair_keys, lambda code: names.names[code + 1]) as touchpoints,
    names.names[walked.entered_touchpoint_key + 1] as entered_touchpoint,
    walked.bounces,
    walked.runs,
    walked.rounds_p50,
    walked.rounds_max,
    counted.journeys,
    counted.customers,
    counted.journeys_with,
    counted.converted_with,
    visits.journeys_settled - counted.journeys_with as journeys_without,
    visits.journeys_converted - counted.converted_with as converted_without
from counted
inner join walked on counted.pair_keys = walked.pair_keys
inner join graph.visits
    on visits.part = 'before' and walked.entered_touchpoint_key = visits.touchpoint_key
inner join (
    select list(touchpoint order by touchpoint_key) as names
    from core.touchpoints
) as names on true
order by walked.bounces desc, counted.pair_keys
