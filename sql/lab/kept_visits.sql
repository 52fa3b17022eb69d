-- model:  lab.kept_visits
-- about:  What each journey did at each touchpoint, sorted, so that any journeys are added up in one pass.
-- scope:  global
-- grain:  one row per (part, touchpoint, journey), by sample of customers
-- key:    part, touchpoint_key, customer_key, journey_number
-- reads:  core.steps, core.journeys, core.business_waits, analysis.customer_samples
-- params: journey_timeout_days
-- column: part                | varchar   | 'before' or 'after' the goal.
-- column: touchpoint_key      | usmallint | Touchpoint.
-- column: sample_number       | usmallint | Sample of customers.
-- column: customer_key        | integer   | Customer.
-- column: journey_number      | integer   | Journey of the customer.
-- column: visits              | bigint    | Visits.
-- column: returns             | bigint    | Visits when it already occurred in the part.
-- column: bounces             | bigint    | Visits of the form A, B, A.
-- column: exits               | bigint    | 1 if the journey was dropped and this was its last step.
-- column: waits               | bigint    | Visits after which a step followed.
-- column: wait_microseconds   | bigint    | Sum of the waits to the next step.
-- column: capped_microseconds | bigint    | The same as analysis.customer_visits sums them.
-- column: return_microseconds | bigint    | Sum of the time of the returns.

select
    steps.part,
    steps.touchpoint_key,
    any_value(samples.sample_number) as sample_number,
    steps.customer_key,
    steps.journey_number,
    count(*) as visits,
    count(*) filter (where steps.is_return) as returns,
    count(*) filter (where steps.is_bounce) as bounces,
    count(*) filter (
        where steps.next_touchpoint_key is null and journeys.outcome in ('lost', 'lapsed')
    ) as exits,
    count(steps.next_wait_microseconds) as waits,
    coalesce(sum(steps.next_wait_microseconds), 0)::bigint as wait_microseconds,
    coalesce(sum(least(
        coalesce(business_waits.business_wait_microseconds, steps.next_wait_microseconds),
        $journey_timeout_days * 86400000000
    )) filter (where steps.next_wait_microseconds is not null), 0)::bigint as capped_microseconds,
    coalesce(sum(
        steps.wait_microseconds + epoch_us(steps.left_at) - epoch_us(steps.entered_at)
    ) filter (where steps.is_return), 0)::bigint as return_microseconds
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
inner join analysis.customer_samples as samples on steps.customer_key = samples.customer_key
where steps.part != 'service'
group by steps.part, steps.touchpoint_key, steps.customer_key, steps.journey_number
order by steps.part, steps.touchpoint_key, sample_number, steps.customer_key, steps.journey_number
