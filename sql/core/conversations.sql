-- model:  core.conversations
-- about:  Conversations that a customer began: when they were answered and when the last word was said. Surveys and what programs say are no words.
-- scope:  customer
-- grain:  one row per conversation with a message of the customer
-- key:    customer_key, source, conversation_id
-- reads:  core.events, core.touchpoints, core.horizon, staging.events
-- params: assume_complete, reporting_timezone
-- column: customer_key            | integer   | Customer.
-- column: source                  | varchar   | Source that delivered it.
-- column: conversation_id         | varchar   | Conversation, as the source names it.
-- column: channel                 | varchar   | Channel of the customer's first message.
-- column: started_at              | timestamp | The customer's first message, UTC.
-- column: week                    | date      | Monday of its week, in the reporting zone.
-- column: response_microseconds   | bigint    | From it to the first message of an agent after it; null without one.
-- column: is_quiet                | boolean   | Whether the last message lies more than 7 days before the horizon: what is said by then is all.
-- column: resolution_microseconds | bigint    | From the customer's first message to the last message of either; null where the conversation is not quiet or was not answered.
-- column: last_message_at         | timestamp | Last message of either, UTC.
-- check:  error | response_microseconds <= resolution_microseconds | the last word is not before the first answer

with

messages as (
    select
        events.customer_key,
        staged.source,
        staged.conversation_id,
        events.event_number,
        events.occurred_at,
        staged.channel,
        coalesce(staged.actor, if(events.is_action, 'customer', null)) as actor,
        min(
            if(
                coalesce(staged.actor, if(events.is_action, 'customer', null)) = 'customer',
                events.event_number,
                null
            )
        ) over (
            partition by events.customer_key, staged.source, staged.conversation_id
        ) as first_number
    from core.events
    inner join staging.events as staged on events.event_key = staged.event_key
    inner join core.touchpoints on events.touchpoint_key = touchpoints.touchpoint_key
    where
        staged.conversation_id is not null
        and touchpoints.survey is null
        and not staged.is_bot
        and staged.actor is distinct from 'system'
),

spoken as (
    select
        customer_key,
        source,
        conversation_id,
        min_by(channel, event_number) as channel,
        min(occurred_at) as started_at,
        min(occurred_at) filter (where actor = 'agent') as answered_at,
        max(occurred_at) as last_message_at
    from messages
    where event_number >= first_number
    group by customer_key, source, conversation_id
),

judged as (
    select
        spoken.*,
        $assume_complete or horizon.horizon_at - spoken.last_message_at > to_days(7) as is_quiet
    from spoken
    inner join core.horizon on true
)

select
    customer_key,
    source,
    conversation_id,
    channel,
    started_at,
    date_trunc('week', timezone($reporting_timezone, timezone('UTC', started_at)))::date as week,
    epoch_us(answered_at) - epoch_us(started_at) as response_microseconds,
    is_quiet,
    if(
        is_quiet and answered_at is not null,
        epoch_us(last_message_at) - epoch_us(started_at),
        null
    ) as resolution_microseconds,
    last_message_at
from judged
order by customer_key, source, conversation_id
