-- model:  core.contacts
-- about:  Steps after which an answer from us is due, each with the contact before it in the same part of the journey.
-- scope:  customer
-- grain:  one row per contact
-- key:    customer_key, journey_number, step_number
-- reads:  core.steps, core.touchpoints, staging.events
-- column: customer_key       | integer | Customer.
-- column: journey_number     | integer | Journey of the customer.
-- column: step_number        | integer | Place in the journey.
-- column: part               | varchar | 'before' the goal, 'after' it, or 'service'.
-- column: channel            | varchar | Channel asked on.
-- column: previous_channel   | varchar | Channel of the contact before; null for the first of a part.
-- column: rework             | varchar | 'repeated': the same channel as the contact before, in a later session and not in the same conversation; 'asked_elsewhere': another channel; null for the first contact and within a dialogue.
-- column: since_microseconds | bigint  | From leaving the contact before to entering this one; null for the first.

with

asked as (
    select
        steps.customer_key,
        steps.journey_number,
        steps.step_number,
        steps.part,
        steps.session_number,
        steps.entered_at,
        touchpoints.channel,
        staged.conversation_id,
        lag(staged.conversation_id) over in_order as previous_conversation_id,
        lag(touchpoints.channel) over in_order as previous_channel,
        lag(steps.session_number) over in_order as previous_session_number,
        lag(steps.left_at) over in_order as previous_left_at
    from core.steps
    inner join core.touchpoints on steps.touchpoint_key = touchpoints.touchpoint_key
    inner join staging.events as staged on steps.first_event_key = staged.event_key
    where touchpoints.waits_for = 'us'
    window in_order as (
        partition by steps.customer_key, steps.journey_number, steps.part order by steps.step_number
    )
)

select
    customer_key,
    journey_number,
    step_number,
    part,
    channel,
    previous_channel,
    case
        when channel != previous_channel then 'asked_elsewhere'
        when conversation_id = previous_conversation_id then null
        when session_number != previous_session_number then 'repeated'
    end as rework,
    epoch_us(entered_at) - epoch_us(previous_left_at) as since_microseconds
from asked
order by customer_key, journey_number, step_number
