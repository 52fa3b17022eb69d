-- model:  lab.kept_settled_moves
-- about:  Moves of settled journeys before the goal, by how long they waited, with the sample of their customers.
-- scope:  global
-- grain:  one row per move
-- key:
-- reads:  core.steps, core.journeys, core.business_waits, analysis.customer_samples
-- params:
-- column: is_first       | boolean   | Whether the journey began with the touchpoint left.
-- column: from_key       | usmallint | Touchpoint left.
-- column: to_key         | usmallint | Touchpoint entered next; null where the journey ended.
-- column: is_converted   | boolean   | Whether the journey ended in the goal; null where it went on.
-- column: customer_key   | integer   | Customer.
-- column: journey_number | integer   | Journey of the customer.
-- column: value          | bigint    | The wait as analysis.customer_moves judges it, microseconds; 0 where the journey ended.
-- column: microseconds   | bigint    | From entering the touchpoint left to entering the next; to leaving it where the journey ended.
-- column: sample_number  | usmallint | Sample of customers.

select
    steps.previous_touchpoint_key is null as is_first,
    steps.touchpoint_key as from_key,
    steps.next_touchpoint_key as to_key,
    if(steps.next_touchpoint_key is null, journeys.outcome = 'converted', null) as is_converted,
    steps.customer_key,
    steps.journey_number,
    coalesce(
        business_waits.business_wait_microseconds, steps.next_wait_microseconds, 0
    ) as value,
    epoch_us(steps.left_at)
    - epoch_us(steps.entered_at)
    + coalesce(steps.next_wait_microseconds, 0) as microseconds,
    samples.sample_number
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
where steps.part = 'before' and journeys.is_settled
order by is_first, from_key, to_key, is_converted, value, steps.customer_key, steps.journey_number
