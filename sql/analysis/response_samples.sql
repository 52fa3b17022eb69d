-- model:  analysis.response_samples
-- about:  First response and resolution times of single conversations.
-- scope:  customer
-- grain:  one row per (figure, conversation)
-- key:    figure, customer_key, source, conversation_id
-- reads:  core.conversations
-- column: figure          | varchar | 'response' or 'resolution'.
-- column: customer_key    | integer | Customer.
-- column: source          | varchar | Source of the conversation.
-- column: conversation_id | varchar | Conversation.
-- column: channel         | varchar | Channel of the conversation.
-- column: week            | date    | Week it began in.
-- column: amount          | double  | Seconds.

select
    'response' as figure,
    customer_key,
    source,
    conversation_id,
    channel,
    week,
    response_microseconds / 1e6 as amount
from core.conversations
where response_microseconds is not null
union all
select
    'resolution' as figure,
    customer_key,
    source,
    conversation_id,
    channel,
    week,
    resolution_microseconds / 1e6 as amount
from core.conversations
where resolution_microseconds is not null
