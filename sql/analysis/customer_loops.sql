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

walkers as (
    select
        walks.loop_keys,
        walks.entered_touchpoint_key as touchpoint_key,
        walks.customer_key,
        count(distinct walks.journey_number) as journeys,
        count(distinct walks.journey_number)
        filter (where journeys.outcome = 'converted') as converted
    from core.loop_walks as walks
    inner join graph.loops on walks.loop_keys = loops.loop_keys
    inner join core.touchpoints
        on
            loops.entered_touchpoint = touchpoints.touchpoint
            and walks.entered_touchpoint_key = touchpoints.touchpoint_key
    inner join core.journeys
        on
            walks.customer_key = journeys.customer_key
            and walks.journey_number = journeys.journey_number
    where journeys.is_settled
    group by walks.loop_keys, walks.entered_touchpoint_key, walks.customer_key
    qualify count(*) over (partition by walks.loop_keys) >= 30
)

select
    walkers.loop_keys,
    walkers.touchpoint_key,
    walkers.customer_key,
    walkers.journeys,
    walkers.converted,
    walkers.journeys = visits.journeys as is_always
from walkers
inner join analysis.customer_visits as visits
    on
        walkers.touchpoint_key = visits.touchpoint_key
        and walkers.customer_key = visits.customer_key
