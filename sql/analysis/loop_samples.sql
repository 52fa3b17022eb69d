-- model:  analysis.loop_samples
-- about:  Settled journeys that walked a loop from the touchpoint it is entered by most often, summed per sample of customers. Walks entered elsewhere are left out: whoever closes a loop stands where it was entered, and only journeys that stood there too are like them.
-- scope:  global
-- grain:  one row per (loop, sample) with such journeys; loops of 30 customers with it or more, and 30 without
-- key:    loop_keys, sample_number
-- reads:  analysis.entered_loops, analysis.visit_sums, graph.loops, core.touchpoints
-- column: loop_keys      | usmallint[] | Touchpoints of the loop.
-- column: touchpoint_key | usmallint   | Touchpoint it is entered by most often.
-- column: sample_number  | usmallint   | Sample of customers.
-- column: journeys       | bigint      | Journeys that walked it from there.
-- column: converted      | bigint      | Converted ones among them.
-- column: customers      | bigint      | Customers of those journeys, over all samples.

with

entered as (
    select told.*
    from analysis.entered_loops as told
    inner join graph.loops on told.loop_keys = loops.loop_keys
    inner join core.touchpoints
        on
            told.touchpoint_key = touchpoints.touchpoint_key
            and loops.entered_touchpoint = touchpoints.touchpoint
),

counted as (
    select
        entered.loop_keys,
        sum(entered.customers)::bigint as customers
    from entered
    inner join analysis.visit_sums as visits on entered.touchpoint_key = visits.touchpoint_key
    group by entered.loop_keys
    having
        sum(entered.customers) >= 30
        and any_value(visits.customers) - sum(entered.always) >= 30
)

select
    entered.loop_keys,
    entered.touchpoint_key,
    entered.sample_number,
    entered.journeys,
    entered.converted,
    counted.customers
from entered
inner join counted on entered.loop_keys = counted.loop_keys
order by entered.loop_keys, entered.sample_number
