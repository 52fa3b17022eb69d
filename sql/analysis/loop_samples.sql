-- model:  analysis.loop_samples
-- about:  Settled journeys that walked a loop from the touchpoint it is entered by most often, summed per sample of customers.
-- scope:  global
-- grain:  one row per (loop, sample) with such journeys; loops of 30 customers with it or more, and 30 without
-- key:    loop_keys, sample_number
-- reads:  analysis.customer_loops, analysis.customer_samples, analysis.visit_sums
-- column: loop_keys      | usmallint[] | Touchpoints of the loop.
-- column: touchpoint_key | usmallint   | Touchpoint it is entered by most often.
-- column: sample_number  | usmallint   | Sample of customers.
-- column: journeys       | bigint      | Journeys that walked it from there.
-- column: converted      | bigint      | Converted ones among them.
-- column: customers      | bigint      | Customers of those journeys, over all samples.

with

counted as (
    select
        loops.loop_keys,
        count(*) as customers
    from analysis.customer_loops as loops
    inner join analysis.visit_sums as visits on loops.touchpoint_key = visits.touchpoint_key
    group by loops.loop_keys
    having any_value(visits.customers) - count(*) filter (where loops.is_always) >= 30
)

select
    loops.loop_keys,
    loops.touchpoint_key,
    samples.sample_number,
    sum(loops.journeys)::bigint as journeys,
    sum(loops.converted)::bigint as converted,
    any_value(counted.customers) as customers
from analysis.customer_loops as loops
inner join counted on loops.loop_keys = counted.loop_keys
inner join analysis.customer_samples as samples on loops.customer_key = samples.customer_key
group by loops.loop_keys, loops.touchpoint_key, samples.sample_number
order by loops.loop_keys, samples.sample_number
