-- model:   staging.chat_conversations
-- about:   Chat conversations in the shape of Intercom's export: every part and the rating of a conversation become one row each. The first message of the customer is 'started'. The contact is the first one listed. Message texts stay in the raw table.
-- scope:   staging
-- grain:   one row per part or rating of a delivered conversation, or one rejected row for a conversation without any
-- key:
-- reads:   raw.chat_conversations, config.sources
-- reader:  json $.conversations
-- raw:     id | varchar | required | Conversation.
-- raw:     created_at | varchar | optional | When it began, epoch; not read, its parts say more.
-- raw:     updated_at | varchar | optional | When it last changed, epoch seconds.
-- raw:     contacts | struct(external_id varchar, email varchar, anonymous_id varchar)[] | optional | People in it.
-- raw:     conversation_parts | struct(id varchar, part_type varchar, created_at varchar, author struct(type varchar), body varchar)[] | required | Messages and actions in order.
-- raw:     conversation_rating | struct(rating double, created_at varchar) | optional | Rating by the customer.
-- kind:    view
-- columns: staged

with

items as (
    select
        delivered,
        config.sources.channel as channel,
        try(make_timestamp((try_cast(delivered.updated_at as decimal(26, 6)) * 1000000)::bigint))
            as received_at,
        unnest(
            list_transform(
                list_zip(
                    coalesce(delivered.conversation_parts, []),
                    range(1, coalesce(len(delivered.conversation_parts), 0) + 1)
                ),
                lambda part: {
                    'position': part[2],
                    'id': part[1].id,
                    'kind': part[1].part_type,
                    'author': part[1].author.type,
                    'created_at': part[1].created_at,
                    'characters': length(part[1].body),
                    'rating': null::double
                }
            ) || case
                when delivered.conversation_rating is not null
                    then [{
                        'position': coalesce(len(delivered.conversation_parts), 0) + 1,
                        'id': 'rating',
                        'kind': 'rating',
                        'author': 'user',
                        'created_at': delivered.conversation_rating.created_at,
                        'characters': null::bigint,
                        'rating': delivered.conversation_rating.rating
                    }]
                when coalesce(len(delivered.conversation_parts), 0) = 0 then [null]
                else []
            end
        ) as item
    from raw.chat_conversations as delivered
    inner join config.sources on delivered.source = config.sources.source
),

stamped as (
    select
        *,
        try_cast(item.created_at as decimal(26, 6)) as stamp,
        try(
            make_timestamp(
                (
                    stamp * case
                        when abs(stamp) >= 1e14 then 1
                        when abs(stamp) >= 1e11 then 1000
                        else 1000000
                    end
                )::bigint
            )
        ) as occurred_at,
        item.kind = 'comment' and item.author = 'user' as is_customer_message,
        row_number() over (
            partition by delivered.delivery_key, delivered.row_number, is_customer_message
            order by occurred_at nulls last, item.position
        ) as message_number
    from items
),

judged as (
    select
        *,
        case
            when item is null
                then {
                    'code': 'no_parts',
                    'reason': 'conversation ' || coalesce(delivered.id, '') || ' holds no parts'
                }
            when coalesce(item.created_at, '') = ''
                then {'code': 'missing_time', 'reason': 'created_at of a part is empty'}
            when occurred_at is null
                then {
                    'code': 'bad_time',
                    'reason': 'created_at ''' || item.created_at || ''' is no epoch number'
                }
            when occurred_at < timestamp '2000-01-01'
                then {
                    'code': 'before_2000',
                    'reason': 'created_at ' || item.created_at || ' is ' || occurred_at
                }
            when
                occurred_at
                > coalesce(received_at, timestamp '2100-01-01') + interval 24 hours
                then {
                    'code': 'in_the_future',
                    'reason': 'created_at ' || item.created_at || ' is ' || occurred_at
                }
            when coalesce(item.kind, '') = ''
                then {'code': 'missing_name', 'reason': 'part_type is empty'}
        end as fault
    from stamped
)

select
    delivered.delivery_key,
    delivered.row_number,
    delivered.source,
    delivered.id || '/' || item.id as event_id,
    occurred_at,
    null::timestamp as sent_at,
    received_at,
    item.position as source_sequence,
    channel,
    case
        when item.kind = 'comment' and item.author = 'bot' then 'bot_message'
        when item.kind = 'comment' and item.author != 'user' then 'agent_message'
        when is_customer_message and message_number = 1 then 'started'
        when is_customer_message then 'message'
        else item.kind
    end as event_name,
    list_filter(
        [
            {'kind': 'user_id', 'value': delivered.contacts[1].external_id},
            {'kind': 'email', 'value': delivered.contacts[1].email},
            {'kind': 'anonymous_id', 'value': delivered.contacts[1].anonymous_id}
        ],
        lambda identifier: identifier.value is not null
    ) as identifiers,
    null::varchar as order_id,
    null::decimal(18, 4) as value,
    null::varchar as currency,
    null::varchar as url,
    null::varchar as referrer,
    null::varchar as utm_source,
    null::varchar as utm_medium,
    null::varchar as utm_campaign,
    null::varchar as device,
    null::varchar as country,
    delivered.id as conversation_id,
    case item.author when 'user' then 'customer' when 'bot' then 'system' else 'agent' end
        as actor,
    item.rating as score,
    null::varchar as consent,
    null::boolean as is_bot,
    json_merge_patch(
        coalesce(delivered.extra, '{}'), json_object('characters', item.characters)
    ) as properties,
    fault.code as reject_code,
    fault.reason as reject_reason,
    case when fault is not null then to_json(delivered)::varchar end as raw_text
from judged
