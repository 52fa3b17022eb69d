-- model:  lab.chosen_contacts
-- about:  Contacts of chosen journeys as core.contacts has them, so that its models run on them; customers are numbered anew. Conversations are told by events alone.
-- scope:  global
-- grain:  one row per contact
-- key:    customer_key, journey_number, step_number
-- reads:  marts.steps, marts.touchpoints, marts.events, chosen
-- column: customer_key       | integer | Customer, numbered by customer_id among the chosen.
-- column: journey_number     | integer | Journey of the customer.
-- column: step_number        | integer | Place in the journey.
-- column: part               | varchar | 'before' the goal, 'after' it, or 'service'.
-- column: channel            | varchar | Channel asked on.
-- column: previous_channel   | varchar | Channel of the contact before; null for the first of a part.
-- column: rework             | varchar | 'repeated' or 'asked_elsewhere'; null for the first contact and within a dialogue.
-- column: since_microseconds | bigint  | From leaving the contact before to entering this one; null for the first.

with

asked as (
    select
        chosen.customer_key,
        chosen.journey_number,
        steps.step_number,
        steps.part,
        steps.session_id,
        steps.entered_at,
        steps.channel,
        events.conversation_id,
        lag(events.conversation_id) over in_order as previous_conversation_id,
        lag(steps.channel) over in_order as previous_channel,
        lag(steps.session_id) over in_order as previous_session_id,
        lag(steps.left_at) over in_order as previous_left_at
    from steps
    inner join chosen
        on steps.customer_id = chosen.customer_id and steps.journey_id = chosen.journey_id
    inner join touchpoints on steps.touchpoint = touchpoints.touchpoint
    inner join events
        on steps.customer_id = events.customer_id and steps.event_number = events.event_number
    where touchpoints.waits_for = 'us'
    window in_order as (
        partition by chosen.customer_key, chosen.journey_number, steps.part
        order by steps.step_number
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
        when session_id != previous_session_id then 'repeated'
    end as rework,
    epoch_us(entered_at) - epoch_us(previous_left_at) as since_microseconds
from asked
order by customer_key, journey_number, step_number
