-- model:  analysis.customer_visits
-- about:  What each customer's settled journeys did at each touchpoint before the goal.
-- scope:  customer
-- grain:  one row per (touchpoint, customer)
-- key:    touchpoint_key, customer_key
-- reads:  core.steps, core.journeys
-- column: touchpoint_key    | usmallint | Touchpoint.
-- column: customer_key      | integer   | Customer.
-- column: visits            | bigint    | Visits.
-- column: journeys          | bigint    | Journeys that visited it.
-- column: converted         | bigint    | Converted ones among them.
-- column: exits             | bigint    | Dropped journeys whose last step it was.
-- column: returns           | bigint    | Visits when it already occurred in the journey; bounces are among them.
-- column: waits             | bigint    | Visits after which a step followed.
-- column: wait_microseconds | hugeint   | Sum of the waits to the next step.
-- check:  error | visits >= journeys and journeys >= exits + converted | every journey ends once

select
    steps.touchpoint_key,
    steps.customer_key,
    count(*) as visits,
    count(distinct steps.journey_number) as journeys,
    count(distinct steps.journey_number) filter (where journeys.outcome = 'converted') as converted,
    count(*) filter (
        where steps.next_touchpoint_key is null and journeys.outcome in ('lost', 'lapsed')
    ) as exits,
    count(*) filter (where steps.is_return) as returns,
    count(steps.next_wait_microseconds) as waits,
    coalesce(sum(steps.next_wait_microseconds), 0)::hugeint as wait_microseconds
from core.steps
inner join core.journeys
    on
        steps.customer_key = journeys.customer_key
        and steps.journey_number = journeys.journey_number
where steps.part = 'before' and journeys.is_settled
group by steps.touchpoint_key, steps.customer_key
