-- model:  core.business_waits
-- about:  The waits after chat and phone steps counted within business hours alone; empty without a calendar.
-- scope:  customer
-- grain:  one row per chat or phone step that another follows in its part
-- key:    customer_key, journey_number, step_number
-- reads:  core.steps, core.touchpoints, core.business_hours
-- column: customer_key               | integer | Customer.
-- column: journey_number             | integer | Journey of the customer.
-- column: step_number                | integer | Step left.
-- column: business_wait_microseconds | bigint  | Business time from leaving it to entering the next step.
-- check:  error | business_wait_microseconds >= 0 | business time does not run backwards

with

waits as (
    select
        steps.customer_key,
        steps.journey_number,
        steps.step_number,
        steps.left_at,
        steps.left_at + to_microseconds(steps.next_wait_microseconds) as ended_at
    from core.steps
    inner join core.touchpoints on steps.touchpoint_key = touchpoints.touchpoint_key
    where
        touchpoints.channel in ('chat', 'phone')
        and steps.next_wait_microseconds is not null
)

select
    waits.customer_key,
    waits.journey_number,
    waits.step_number,
    (
        ends.open_microseconds
        + if(ends.is_open, epoch_us(waits.ended_at) - epoch_us(ends.changes_at), 0)
        - starts.open_microseconds
        - if(starts.is_open, epoch_us(waits.left_at) - epoch_us(starts.changes_at), 0)
    )::bigint as business_wait_microseconds
from waits
asof inner join core.business_hours as starts on waits.left_at >= starts.changes_at
asof inner join core.business_hours as ends on waits.ended_at >= ends.changes_at
