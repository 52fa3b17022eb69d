-- model:  analysis.response_samples
-- about:  First response and resolution times of single conversations, for each channel and each week.
-- scope:  customer
-- grain:  one row per (item, conversation)
-- key:    item, customer_key, source, conversation_id
-- reads:  core.conversations, identity.customers
-- column: item            | varchar | JSON list of 'response' or 'resolution', channel, week; the week is null over all weeks.
-- column: customer_key    | integer | Customer.
-- column: source          | varchar | Source of the conversation.
-- column: conversation_id | varchar | Conversation.
-- column: customer_hash   | ubigint | 64 bits of a hash of customer_id, which resampling draws by.
-- column: amount          | double  | Seconds.

with

told as (
    select *, 'response' as figure, response_microseconds as amount from core.conversations
    union all
    select *, 'resolution' as figure, resolution_microseconds as amount from core.conversations
),

periods as (
    select *, week as period from told where amount is not null
    union all
    select *, null as period from told where amount is not null
)

select
    to_json([periods.figure, periods.channel, periods.period::varchar])::varchar as item,
    periods.customer_key,
    periods.source,
    periods.conversation_id,
    md5_number_lower(customers.customer_id) as customer_hash,
    periods.amount / 1e6 as amount
from periods
inner join identity.customers on periods.customer_key = customers.customer_key
