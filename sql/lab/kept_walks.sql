-- model:  lab.kept_walks
-- about:  The first eight steps of journeys up to the goal, each with the one after it, by how long that took.
-- scope:  global
-- grain:  one row per step
-- key:
-- reads:  core.steps, core.journeys, core.touchpoints
-- params:
-- column: step            | integer | Place in the journey, counted from 1.
-- column: touchpoint      | varchar | Touchpoint.
-- column: next_touchpoint | varchar | That of the next step; else how the journey ended.
-- column: returns_next    | boolean | Whether the next step is a return; null for the last.
-- column: customer_key    | integer | Customer.
-- column: journey_number  | integer | Journey of the customer.
-- column: value           | bigint  | Wait for the next step, microseconds; 0 for the last.

select
    steps.step_number as step,
    named.touchpoint,
    coalesce(
        nexts.touchpoint,
        case journeys.outcome
            when 'converted' then '(converted)'
            when 'open' then '(open)'
            else '(dropped)'
        end
    ) as next_touchpoint,
    steps.returns_next,
    steps.customer_key,
    steps.journey_number,
    coalesce(steps.next_wait_microseconds, 0) as value
from core.steps
inner join core.journeys
    on
        steps.customer_key = journeys.customer_key
        and steps.journey_number = journeys.journey_number
inner join core.touchpoints as named on steps.touchpoint_key = named.touchpoint_key
left join core.touchpoints as nexts on steps.next_touchpoint_key = nexts.touchpoint_key
where steps.part = 'before' and steps.step_number <= 8
order by
    step,
    named.touchpoint,
    next_touchpoint,
    steps.returns_next,
    value,
    steps.customer_key,
    steps.journey_number
