-- model:   staging.any_contract
-- about:   Rows that come in the shape of the event contract, from any channel: for exports you write yourself. Stamps are UTC.
-- scope:   staging
-- grain:   one row per delivered row
-- key:
-- reads:   raw.any_contract, config.sources
-- reader:  parquet
-- raw:     event_id | varchar | optional | The source's own id of the event.
-- raw:     occurred_at | timestamp | required | When it happened, UTC.
-- raw:     sent_at | timestamp | optional | When the client sent it, UTC.
-- raw:     received_at | timestamp | optional | When the source received or last changed it, UTC.
-- raw:     source_sequence | bigint | optional | The source's own counter, breaks ties in time.
-- raw:     channel | varchar | optional | Channel; the source's channel from the settings when null.
-- raw:     event_name | varchar | required | What happened.
-- raw:     identifiers | struct(kind varchar, value varchar)[] | optional | Identifiers; or give them in the next four columns.
-- raw:     user_id | varchar | optional | One identifier in a column of its own, read where identifiers is null.
-- raw:     email | varchar | optional | The same.
-- raw:     phone | varchar | optional | The same.
-- raw:     anonymous_id | varchar | optional | The same.
-- raw:     order_id | varchar | optional | Order it belongs to.
-- raw:     value | decimal(18,4) | optional | Amount without tax and shipping.
-- raw:     currency | varchar | optional | Currency of value; the source's currency from the settings when null.
-- raw:     url | varchar | optional | Page.
-- raw:     referrer | varchar | optional | Page before.
-- raw:     utm_source | varchar | optional | Campaign source.
-- raw:     utm_medium | varchar | optional | Campaign medium.
-- raw:     utm_campaign | varchar | optional | Campaign name.
-- raw:     device | varchar | optional | Kind of device.
-- raw:     country | varchar | optional | Country.
-- raw:     conversation_id | varchar | optional | Conversation it belongs to.
-- raw:     actor | varchar | optional | customer, agent or system.
-- raw:     score | double | optional | Score of a rating or survey reply.
-- raw:     consent | varchar | optional | Consent as the source states it.
-- raw:     is_bot | boolean | optional | Whether a program did it.
-- raw:     properties | json | optional | Anything else, a JSON object.
-- kind:    view
-- columns: staged

with

judged as (
    select
        delivered.*,
        config.sources.channel as source_channel,
        config.sources.currency as source_currency,
        case
            when delivered.occurred_at is null
                then {'code': 'missing_time', 'reason': 'occurred_at is empty'}
            when delivered.occurred_at < timestamp '2000-01-01'
                then {'code': 'before_2000', 'reason': 'occurred_at is ' || delivered.occurred_at}
            when
                delivered.occurred_at
                > coalesce(delivered.received_at, timestamp '2100-01-01') + interval 24 hours
                then {
                    'code': 'in_the_future',
                    'reason': 'occurred_at ' || delivered.occurred_at
                    || ' lies more than 24 h after it was received'
                }
            when coalesce(delivered.event_name, '') = ''
                then {'code': 'missing_name', 'reason': 'event_name is empty'}
        end as fault,
        case when fault is not null then to_json(delivered)::varchar end as raw_text
    from raw.any_contract as delivered
    inner join config.sources on delivered.source = config.sources.source
)

select
    delivery_key,
    row_number,
    source,
    event_id,
    occurred_at,
    sent_at,
    received_at,
    source_sequence,
    coalesce(channel, source_channel) as channel,
    event_name,
    coalesce(
        identifiers,
        list_filter(
            [
                {'kind': 'user_id', 'value': user_id},
                {'kind': 'email', 'value': email},
                {'kind': 'phone', 'value': phone},
                {'kind': 'anonymous_id', 'value': anonymous_id}
            ],
            lambda identifier: identifier.value is not null
        )
    ) as identifiers,
    order_id,
    value,
    case
        when value is not null then coalesce(currency, source_currency)
    end as currency,
    url,
    referrer,
    utm_source,
    utm_medium,
    utm_campaign,
    device,
    country,
    conversation_id,
    actor,
    score,
    consent,
    is_bot,
    coalesce(
        json_merge_patch(extra, properties),
        properties,
        extra
    ) as properties,
    fault.code as reject_code,
    fault.reason as reject_reason,
    raw_text
from judged
