-- model:  analysis.visit_sums
-- about:  What settled journeys did at each touchpoint before the goal: the counts that bottlenecks are compared by.
-- scope:  global
-- grain:  one row per touchpoint visited before the goal by a settled journey, goals and losses left out
-- key:    touchpoint_key
-- reads:  analysis.visit_samples, core.touchpoints
-- column: touchpoint_key    | usmallint | Touchpoint.
-- column: touchpoint        | varchar   | Its name.
-- column: stage             | varchar   | Its stage up to the goal; null for none.
-- column: waits_for         | varchar   | 'customer' or 'us'; null where not given.
-- column: customers         | bigint    | Customers who visited it.
-- column: visits            | bigint    | Visits.
-- column: exits             | bigint    | Dropped journeys whose last step it was.
-- column: returns           | bigint    | Visits when it already occurred in the journey; bounces are among them.
-- column: waits             | bigint    | Visits after which a step followed.
-- column: waiting_customers | bigint    | Customers with such a visit.
-- column: wait_microseconds | hugeint   | Sum of the waits to the next step, each at most the journey timeout; within business hours where those are judged so.
-- column: return_microseconds | hugeint | Sum of the time of the returns.

select
    visits.touchpoint_key,
    any_value(touchpoints.touchpoint) as touchpoint,
    any_value(touchpoints.stage) as stage,
    any_value(touchpoints.waits_for) as waits_for,
    sum(visits.customers)::bigint as customers,
    sum(visits.visits)::bigint as visits,
    sum(visits.exits)::bigint as exits,
    sum(visits.returns)::bigint as returns,
    sum(visits.waits)::bigint as waits,
    sum(visits.waiting_customers)::bigint as waiting_customers,
    sum(visits.wait_microseconds)::hugeint as wait_microseconds,
    sum(visits.return_microseconds)::hugeint as return_microseconds
from analysis.visit_samples as visits
inner join core.touchpoints on visits.touchpoint_key = touchpoints.touchpoint_key
group by visits.touchpoint_key
order by visits.touchpoint_key
