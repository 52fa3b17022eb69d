-- model:  analysis.entered_loops
-- about:  Settled journeys that walked a loop, by the touchpoint they entered it by, summed per sample of customers.
-- scope:  sums
-- grain:  one row per (loop, touchpoint, sample) with such journeys
-- key:    loop_keys, touchpoint_key, sample_number
-- reads:  core.loop_walks, core.journeys, analysis.customer_visits, analysis.customer_samples
-- column: loop_keys      | usmallint[] | Touchpoints of the loop.
-- column: touchpoint_key | usmallint   | Touchpoint it was entered by.
-- column: sample_number  | usmallint   | Sample of customers.
-- column: journeys       | bigint      | Journeys that walked it from there.
-- column: converted      | bigint      | Converted ones among them.
-- column: customers      | bigint      | Customers of those journeys.
-- column: always         | bigint      | Customers among them all of whose journeys that reached the touchpoint walked it.
-- check:  error | converted <= journeys and always <= customers | converted journeys are among the journeys, and such customers among all

with

-- Numbers for lists: what journeys and customers are told apart by is then short.
loops as (
    select
        loop_keys,
        entered_touchpoint_key,
        (row_number() over ())::integer as entry_number
    from core.loop_walks
    group by loop_keys, entered_touchpoint_key
),

walks as (
    select distinct
        loops.entry_number,
        loop_walks.customer_key,
        loop_walks.journey_number
    from core.loop_walks
    inner join loops
        on
            loop_walks.loop_keys = loops.loop_keys
            and loop_walks.entered_touchpoint_key = loops.entered_touchpoint_key
),

walkers as (
    select
        walks.entry_number,
        walks.customer_key,
        count(*) as journeys,
        count(*) filter (where journeys.outcome = 'converted') as converted
    from walks
    inner join core.journeys
        on
            walks.customer_key = journeys.customer_key
            and walks.journey_number = journeys.journey_number
    where journeys.is_settled
    group by walks.entry_number, walks.customer_key
)

select
    loops.loop_keys,
    loops.entered_touchpoint_key as touchpoint_key,
    samples.sample_number,
    sum(walkers.journeys)::bigint as journeys,
    sum(walkers.converted)::bigint as converted,
    count(*) as customers,
    count(*) filter (where walkers.journeys = visits.journeys) as always
from walkers
inner join loops on walkers.entry_number = loops.entry_number
inner join analysis.customer_visits as visits
    on
        loops.entered_touchpoint_key = visits.touchpoint_key
        and walkers.customer_key = visits.customer_key
inner join analysis.customer_samples as samples on walkers.customer_key = samples.customer_key
group by loops.loop_keys, loops.entered_touchpoint_key, samples.sample_number
