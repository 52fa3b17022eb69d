-- model:  lab.kept_waits
-- about:  Waits between two touchpoints before the goal in settled journeys, ascending.
-- scope:  global
-- grain:  one row per wait
-- key:
-- reads:  core.steps, core.journeys, core.business_waits
-- params:
-- column: from_key            | usmallint | Touchpoint left.
-- column: to_key              | usmallint | Touchpoint entered.
-- column: customer_key        | integer   | Customer.
-- column: journey_number      | integer   | Journey of the customer.
-- column: value               | bigint    | Microseconds, as analysis.customer_moves judges them.

select
    steps.touchpoint_key as from_key,
    steps.next_touchpoint_key as to_key,
    steps.customer_key,
    steps.journey_number,
    coalesce(business_waits.business_wait_microseconds, steps.next_wait_microseconds)
        as value
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
where
    steps.part = 'before'
    and journeys.is_settled
    and steps.next_touchpoint_key is not null
    and coalesce(business_waits.business_wait_microseconds, steps.next_wait_microseconds) is not null
order by steps.touchpoint_key, steps.next_touchpoint_key, value, steps.customer_key, steps.journey_number
