-- model:  analysis.customer_visits
-- about:  What each customer's settled journeys did at each touchpoint before the goal.
-- scope:  customer
-- grain:  one row per (touchpoint, customer)
-- key:    touchpoint_key, customer_key
-- reads:  core.steps, core.journeys, core.business_waits
-- params: journey_timeout_days
-- column: touchpoint_key    | usmallint | Touchpoint.
-- column: customer_key      | integer   | Customer.
-- column: visits            | bigint    | Visits.
-- column: journeys          | bigint    | Journeys that visited it.
-- column: converted         | bigint    | Converted ones among them.
-- column: exits             | bigint    | Dropped journeys whose last step it was.
-- column: returns           | bigint    | Visits when it already occurred in the journey; bounces are among them.
-- column: waits             | bigint    | Visits after which a step followed.
-- column: wait_microseconds | hugeint   | Sum of the waits to the next step, each at most the journey timeout; within business hours where those are judged so.
-- column: return_microseconds | hugeint | Sum of the time of the returns: the wait into each, and from its first to its last event.
-- check:  error | visits >= journeys and journeys >= exits + converted | every journey ends once

select
    steps.touchpoint_key,
    steps.customer_key,
    count(*) as visits,
    -- The first visit of a journey is no return: as many as journeys, without a count of them.
    count(*) filter (where not steps.is_return) as journeys,
    count(*) filter (where not steps.is_return and journeys.outcome = 'converted') as converted,
    count(*) filter (
        where steps.next_touchpoint_key is null and journeys.outcome in ('lost', 'lapsed')
    ) as exits,
    count(*) filter (where steps.is_return) as returns,
    count(steps.next_wait_microseconds) as waits,
    coalesce(sum(least(
        coalesce(business_waits.business_wait_microseconds, steps.next_wait_microseconds),
        $journey_timeout_days * 86400000000
    )) filter (where steps.next_wait_microseconds is not null), 0)::hugeint as wait_microseconds,
    coalesce(sum(
        steps.wait_microseconds + epoch_us(steps.left_at) - epoch_us(steps.entered_at)
    ) filter (where steps.is_return), 0)::hugeint as return_microseconds
from core.steps
inner join core.journeys
    on
        steps.customer_key = journeys.customer_key
        and steps.journey_number = journeys.journey_number
left join core.business_waits
    on
        steps.customer_key = business_waits.customer_key
        and steps.journey_number = business_waits.journey_number
        and steps.step_number = business_waits.step_number
where steps.part = 'before' and journeys.is_settled
group by steps.touchpoint_key, steps.customer_key
