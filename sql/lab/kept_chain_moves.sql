-- model:  lab.kept_chain_moves
-- about:  How often each settled journey moved on before the goal, told apart by the step before, sorted.
-- scope:  global
-- grain:  one row per (step before, step left, step entered, journey)
-- key:    previous_key, from_key, to_key, is_converted, customer_key, journey_number
-- reads:  core.steps, core.journeys
-- params:
-- column: previous_key   | usmallint | Touchpoint before the one left; null where the journey began with that.
-- column: from_key       | usmallint | Touchpoint left.
-- column: to_key         | usmallint | Touchpoint entered next; null where the journey ended.
-- column: is_converted   | boolean   | Whether the journey ended in the goal; null where it went on.
-- column: customer_key   | integer   | Customer.
-- column: journey_number | integer   | Journey of the customer.
-- column: transitions    | bigint    | Times made.

select
    steps.previous_touchpoint_key as previous_key,
    steps.touchpoint_key as from_key,
    steps.next_touchpoint_key as to_key,
    if(steps.next_touchpoint_key is null, journeys.outcome = 'converted', null) as is_converted,
    steps.customer_key,
    steps.journey_number,
    count(*) as transitions
from core.steps
inner join core.journeys
    on
        steps.customer_key = journeys.customer_key
        and steps.journey_number = journeys.journey_number
where steps.part = 'before' and journeys.is_settled
group by previous_key, from_key, to_key, is_converted, steps.customer_key, steps.journey_number
order by previous_key, from_key, to_key, is_converted, steps.customer_key, steps.journey_number
