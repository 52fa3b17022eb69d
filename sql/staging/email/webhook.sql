-- model:   staging.email_webhook
-- about:   E-mail events in the shape of SendGrid's event webhook. A stamp is in epoch seconds, milliseconds or microseconds, told apart by size (from 1973 to 5138 they cannot be confused).
-- scope:   staging
-- grain:   one row per delivered row
-- key:
-- reads:   raw.email_webhook, config.sources
-- reader:  json_lines
-- raw:     email | varchar | required | Address the mail went to.
-- raw:     timestamp | varchar | required | When it happened, epoch.
-- raw:     event | varchar | required | processed, delivered, open, click, reply, bounce, unsubscribe, …
-- raw:     sg_event_id | varchar | optional | Id of the event.
-- raw:     sg_message_id | varchar | optional | Id of the mail.
-- raw:     url | varchar | optional | Link clicked.
-- raw:     useragent | varchar | optional | Program that opened or clicked.
-- raw:     ip | varchar | optional | Address it came from; read, not passed on.
-- raw:     category | json | optional | Categories, a word or a list.
-- raw:     campaign | varchar | optional | Campaign.
-- raw:     anonymous_id | varchar | optional | Device a click landed on.
-- kind:    view
-- columns: staged

with

numbered as (
    select
        delivered,
        config.sources.channel as channel,
        try_cast(delivered."timestamp" as decimal(26, 6)) as stamp
    from raw.email_webhook as delivered
    inner join config.sources on delivered.source = config.sources.source
),

stamped as (
    select
        *,
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
        ) as occurred_at
    from numbered
),

judged as (
    select
        *,
        case
            when coalesce(delivered."timestamp", '') = ''
                then {'code': 'missing_time', 'reason': 'timestamp is empty'}
            when occurred_at is null
                then {
                    'code': 'bad_time',
                    'reason': 'timestamp ''' || delivered."timestamp" || ''' is no epoch number'
                }
            when occurred_at < timestamp '2000-01-01'
                then {
                    'code': 'before_2000',
                    'reason': 'timestamp ' || delivered."timestamp" || ' is ' || occurred_at
                }
            when occurred_at > timestamp '2100-01-02'
                then {
                    'code': 'in_the_future',
                    'reason': 'timestamp ' || delivered."timestamp" || ' is ' || occurred_at
                }
            when coalesce(delivered.event, '') = ''
                then {'code': 'missing_name', 'reason': 'event is empty'}
        end as fault
    from stamped
)

select
    delivered.delivery_key,
    delivered.row_number,
    delivered.source,
    delivered.sg_event_id as event_id,
    occurred_at,
    null::timestamp as sent_at,
    null::timestamp as received_at,
    null::bigint as source_sequence,
    channel,
    delivered.event as event_name,
    list_filter(
        [
            {'kind': 'email', 'value': delivered.email},
            {'kind': 'anonymous_id', 'value': delivered.anonymous_id}
        ],
        lambda identifier: identifier.value is not null
    ) as identifiers,
    null::varchar as order_id,
    null::decimal(18, 4) as value,
    null::varchar as currency,
    delivered.url,
    null::varchar as referrer,
    null::varchar as utm_source,
    null::varchar as utm_medium,
    delivered.campaign as utm_campaign,
    null::varchar as device,
    null::varchar as country,
    null::varchar as conversation_id,
    case
        when delivered.event in ('open', 'click', 'reply', 'unsubscribe', 'spamreport')
            then 'customer'
        else 'system'
    end as actor,
    null::double as score,
    null::varchar as consent,
    regexp_matches(delivered.useragent, 'bot|crawl|spider|headlesschrome', 'i') as is_bot,
    json_merge_patch(
        coalesce(delivered.extra, '{}'),
        json_object(
            'message_id', delivered.sg_message_id,
            'category', delivered.category,
            'user_agent', delivered.useragent
        )
    ) as properties,
    fault.code as reject_code,
    fault.reason as reject_reason,
    case when fault is not null then to_json(delivered)::varchar end as raw_text
from judged
