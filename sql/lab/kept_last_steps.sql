-- model:  lab.kept_last_steps
-- about:  The last three steps of settled dropped journeys, sorted, so that any journeys are added up in one pass.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_key, journey_number
-- reads:  core.steps, core.journeys
-- params:
-- column: touchpoint_key          | usmallint | Touchpoint of the last step.
-- column: previous_touchpoint_key | usmallint | That of the step before it; null for a journey of one step.
-- column: third_touchpoint_key    | usmallint | That of the step before both; null for a journey of fewer than three.
-- column: customer_key            | integer   | Customer.
-- column: journey_number          | integer   | Journey of the customer.

select
    lasts.touchpoint_key,
    lasts.previous_touchpoint_key,
    thirds.touchpoint_key as third_touchpoint_key,
    lasts.customer_key,
    lasts.journey_number
from core.steps as lasts
inner join core.journeys
    on
        lasts.customer_key = journeys.customer_key
        and lasts.journey_number = journeys.journey_number
left join core.steps as thirds
    on
        lasts.customer_key = thirds.customer_key
        and lasts.journey_number = thirds.journey_number
        and lasts.step_number = thirds.step_number + 2
where
    lasts.part = 'before'
    and lasts.next_touchpoint_key is null
    and journeys.is_settled
    and journeys.outcome in ('lost', 'lapsed')
order by
    lasts.touchpoint_key,
    lasts.previous_touchpoint_key,
    third_touchpoint_key,
    lasts.customer_key,
    lasts.journey_number
