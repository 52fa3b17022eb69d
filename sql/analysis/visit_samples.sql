-- model:  analysis.visit_samples
-- about:  What settled journeys did at each touchpoint before the goal, summed per sample of customers.
-- scope:  sums
-- grain:  one row per (touchpoint, sample) with visits, goals and losses left out
-- key:    touchpoint_key, sample_number
-- reads:  analysis.customer_visits, analysis.customer_samples, core.touchpoints
-- column: touchpoint_key | usmallint | Touchpoint.
-- column: sample_number  | usmallint | Sample of customers.
-- column: customers      | bigint    | Customers who visited it.
-- column: visits         | bigint    | Visits.
-- column: journeys       | bigint    | Journeys that visited it.
-- column: converted      | bigint    | Converted ones among them.
-- column: exits          | bigint    | Dropped journeys whose last step it was.
-- column: returns        | bigint    | Visits when it already occurred in the journey.
-- column: waits          | bigint    | Visits after which a step followed.
-- column: waiting_customers | bigint | Customers with such a visit.
-- column: wait_microseconds | bigint | Sum of the waits to that step, as in analysis.customer_visits.
-- column: return_microseconds | bigint | Sum of the time of the returns.

select
    visits.touchpoint_key,
    samples.sample_number,
    count(*) as customers,
    sum(visits.visits)::bigint as visits,
    sum(visits.journeys)::bigint as journeys,
    sum(visits.converted)::bigint as converted,
    sum(visits.exits)::bigint as exits,
    sum(visits.returns)::bigint as returns,
    sum(visits.waits)::bigint as waits,
    count(*) filter (where visits.waits > 0) as waiting_customers,
    sum(visits.wait_microseconds)::bigint as wait_microseconds,
    sum(visits.return_microseconds)::bigint as return_microseconds
from analysis.customer_visits as visits
inner join analysis.customer_samples as samples on visits.customer_key = samples.customer_key
inner join core.touchpoints on visits.touchpoint_key = touchpoints.touchpoint_key
where not touchpoints.is_goal and not touchpoints.is_loss
group by visits.touchpoint_key, samples.sample_number
order by visits.touchpoint_key, samples.sample_number
