-- model:  analysis.customer_loops
-- about:  Settled journeys of each customer that walked a loop from the touchpoint it is entered by most often. Walks entered elsewhere are left out: whoever closes a loop stands where it was entered, and only journeys that stood there too are like them.
-- scope:  global
-- grain:  one row per (loop, customer), loops of 30 such customers or more
-- key:    loop_keys, customer_key
-- reads:  core.loop_walks, core.journeys, core.touchpoints, graph.loops, analysis.customer_visits
-- column: loop_keys      | usmallint[] | Touchpoints of the loop.
-- column: touchpoint_key | usmallint   | Touchpoint it is entered by most often.
-- column: customer_key   | integer     | Customer.
-- column: journeys       | bigint      | Settled journeys that walked it from there.
-- column: converted      | bigint      | Converted ones among them.
-- column: is_always      | boolean     | Whether all journeys of the customer that reached the touchpoint walked it.
-- check:  error | converted <= journeys | converted journeys are among the journeys

with

loops as (
    select
        loops.loop_keys,
        (row_number() over ())::integer as loop_number,
        touchpoints.touchpoint_key
    from graph.loops
    inner join core.touchpoints on loops.entered_touchpoint = touchpoints.touchpoint
),

-- Numbers for lists: what journeys and customers are told apart by is then short.
walks as (
    select distinct
        loops.loop_number,
        loop_walks.customer_key,
        loop_walks.journey_number
    from core.loop_walks
    inner join loops
        on
            loop_walks.loop_keys = loops.loop_keys
            and loop_walks.entered_touchpoint_key = loops.touchpoint_key
),

walkers as (
    select
        walks.loop_number,
        walks.customer_key,
        count(*) as journeys,
        count(*) filter (where journeys.outcome = 'converted') as converted
    from walks
    inner join core.journeys
        on
            walks.customer_key = journeys.customer_key
            and walks.journey_number = journeys.journey_number
    where journeys.is_settled
    group by walks.loop_number, walks.customer_key
    qualify count(*) over (partition by walks.loop_number) >= 30
)

select
    loops.loop_keys,
    loops.touchpoint_key,
    walkers.customer_key,
    walkers.journeys,
    walkers.converted,
    walkers.journeys = visits.journeys as is_always
from walkers
inner join loops on walkers.loop_number = loops.loop_number
inner join analysis.customer_visits as visits
    on
        loops.touchpoint_key = visits.touchpoint_key
        and walkers.customer_key = visits.customer_key
