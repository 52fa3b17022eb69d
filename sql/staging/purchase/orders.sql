-- model:   staging.purchase_orders
-- about:   Orders of a shop, one row per state change. Local stamps are read in the source's time zone: an hour that is skipped in spring is read as if clocks had not been changed, an hour that comes twice in autumn as the second one. A stamp that names its offset keeps it. With time_format set, its numeric parts (%Y %y %m %d %H %M %S) are read in its order.
-- scope:   staging
-- grain:   one row per delivered row
-- key:
-- reads:   raw.purchase_orders, config.sources
-- reader:  csv
-- raw:     order_number | varchar | required | Order.
-- raw:     event | varchar | required | completed, refunded or cancelled.
-- raw:     created_at | varchar | required | When it happened, local time.
-- raw:     customer_id | varchar | optional | Customer as the shop knows them.
-- raw:     email | varchar | optional | E-mail address.
-- raw:     phone | varchar | optional | Telephone number.
-- raw:     currency | varchar | optional | Currency of the amounts; the source's currency from the settings when null.
-- raw:     subtotal | varchar | optional | Amount without tax and shipping.
-- raw:     shipping | varchar | optional | Shipping.
-- raw:     tax | varchar | optional | Tax.
-- raw:     updated_at | varchar | optional | When the row last changed, local time.
-- raw:     event_id | varchar | optional | Id of the state change.
-- kind:    view
-- columns: staged

with

sourced as (
    select
        delivered,
        config.sources.channel as channel,
        config.sources.currency as source_currency,
        config.sources.timezone as zone,
        regexp_extract_all(config.sources.time_format, '%-?([A-Za-z])', 1) as fields,
        try_cast(delivered.subtotal as decimal(18, 4)) as value
    from raw.purchase_orders as delivered
    inner join config.sources on delivered.source = config.sources.source
),

clocked as (
    select
        *,
        list_transform(
            [delivered.created_at, delivered.updated_at],
            lambda stamp: {'text': stamp, 'numbers': regexp_extract_all(stamp, '\d+')}
        ) as stamps,
        list_transform(
            stamps,
            lambda stamp: case
                when fields is null and regexp_matches(stamp.text, '(Z|[+-]\d\d:?\d\d)$')
                    then timezone('UTC', try_cast(stamp.text as timestamptz))
                when fields is null
                    then timezone('UTC', timezone(zone, try_cast(stamp.text as timestamp)))
                else timezone('UTC', timezone(zone, try(make_timestamp(
                    coalesce(
                        stamp.numbers[list_position(fields, 'Y')]::integer,
                        2000 + stamp.numbers[list_position(fields, 'y')]::integer
                    ),
                    stamp.numbers[list_position(fields, 'm')]::integer,
                    stamp.numbers[list_position(fields, 'd')]::integer,
                    coalesce(stamp.numbers[list_position(fields, 'H')]::integer, 0),
                    coalesce(stamp.numbers[list_position(fields, 'M')]::integer, 0),
                    coalesce(stamp.numbers[list_position(fields, 'S')]::double, 0)
                ))))
            end
        ) as instants,
        instants[1] as occurred_at,
        instants[2] as received_at
    from sourced
),

judged as (
    select
        *,
        case
            when coalesce(delivered.created_at, '') = ''
                then {'code': 'missing_time', 'reason': 'created_at is empty'}
            when occurred_at is null
                then {
                    'code': 'bad_time',
                    'reason': 'created_at ''' || delivered.created_at || ''' is no date and time'
                }
            when occurred_at < timestamp '2000-01-01'
                then {'code': 'before_2000', 'reason': 'created_at is ' || delivered.created_at}
            when
                occurred_at
                > coalesce(received_at, timestamp '2100-01-01') + interval 24 hours
                then {
                    'code': 'in_the_future',
                    'reason': 'created_at ' || delivered.created_at
                    || ' lies more than 24 h after updated_at'
                }
            when coalesce(delivered.event, '') = ''
                then {'code': 'missing_name', 'reason': 'event is empty'}
            when delivered.subtotal != '' and value is null
                then {
                    'code': 'bad_value',
                    'reason': 'subtotal ''' || delivered.subtotal || ''' is no amount'
                }
        end as fault
    from clocked
)

select
    delivered.delivery_key,
    delivered.row_number,
    delivered.source,
    delivered.event_id,
    occurred_at,
    null::timestamp as sent_at,
    received_at,
    null::bigint as source_sequence,
    channel,
    delivered.event as event_name,
    list_filter(
        [
            {'kind': 'user_id', 'value': delivered.customer_id},
            {'kind': 'email', 'value': delivered.email},
            {'kind': 'phone', 'value': delivered.phone}
        ],
        lambda identifier: identifier.value is not null
    ) as identifiers,
    delivered.order_number as order_id,
    value,
    case when value is not null then coalesce(delivered.currency, source_currency) end as currency,
    null::varchar as url,
    null::varchar as referrer,
    null::varchar as utm_source,
    null::varchar as utm_medium,
    null::varchar as utm_campaign,
    null::varchar as device,
    null::varchar as country,
    null::varchar as conversation_id,
    'customer' as actor,
    null::double as score,
    null::varchar as consent,
    null::boolean as is_bot,
    json_merge_patch(
        coalesce(delivered.extra, '{}'),
        json_object('shipping', delivered.shipping, 'tax', delivered.tax)
    ) as properties,
    fault.code as reject_code,
    fault.reason as reject_reason,
    case when fault is not null then to_json(delivered)::varchar end as raw_text
from judged
