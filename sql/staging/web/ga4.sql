-- model:   staging.web_ga4
-- about:   Web events in the shape of the GA4 BigQuery export. Stamps are epoch microseconds; the sequence number stays in properties too, because it tells events apart that have no id.
-- scope:   staging
-- grain:   one row per delivered row
-- key:
-- reads:   raw.web_ga4, config.sources
-- reader:  json_lines
-- raw:     event_date | varchar | optional | Day in the property's zone; not read, event_timestamp says more.
-- raw:     event_timestamp | bigint | required | When it happened, epoch microseconds.
-- raw:     event_name | varchar | required | What happened.
-- raw:     event_params | struct(key varchar, value struct(string_value varchar, int_value bigint, float_value double, double_value double))[] | optional | Parameters.
-- raw:     event_bundle_sequence_id | bigint | optional | Counter of the sending client.
-- raw:     user_id | varchar | optional | User after login.
-- raw:     user_pseudo_id | varchar | optional | Browser or device.
-- raw:     device | struct(category varchar, web_info struct(browser varchar)) | optional | Device and browser.
-- raw:     geo | struct(country varchar) | optional | Place.
-- raw:     collected_traffic_source | struct(manual_source varchar, manual_medium varchar, manual_campaign_name varchar) | optional | UTM values.
-- raw:     ecommerce | struct(transaction_id varchar, purchase_revenue double) | optional | Order, on purchase events.
-- raw:     privacy_info | struct(analytics_storage varchar, ads_storage varchar, uses_transient_token varchar) | optional | Consent: Yes, No or Unset; analytics_storage = No is a refusal.
-- raw:     event_server_received_timestamp | bigint | optional | When the server received it, epoch microseconds.
-- kind:    view
-- columns: staged

with

stamped as (
    select
        delivered,
        config.sources.channel as channel,
        config.sources.currency as source_currency,
        make_timestamp(delivered.event_timestamp) as occurred_at,
        make_timestamp(delivered.event_server_received_timestamp) as received_at,
        list_filter(
            delivered.event_params, lambda param: param.key = 'page_location'
        )[1].value.string_value as url,
        list_filter(
            delivered.event_params, lambda param: param.key = 'page_referrer'
        )[1].value.string_value as referrer,
        list_filter(
            delivered.event_params, lambda param: param.key = 'currency'
        )[1].value.string_value as currency,
        ('{' || array_to_string(
            list_transform(
                list_filter(
                    delivered.event_params,
                    lambda param: param.key not in ('page_location', 'page_referrer')
                ),
                lambda param: to_json(param.key) || ':' || coalesce(
                    to_json(param.value.string_value),
                    to_json(param.value.int_value),
                    to_json(param.value.double_value),
                    to_json(param.value.float_value),
                    'null'
                )
            ) || case
                when delivered.event_bundle_sequence_id is null then []
                else ['"event_bundle_sequence_id":' || delivered.event_bundle_sequence_id]
            end,
            ','
        ) || '}')::json as params
    from raw.web_ga4 as delivered
    inner join config.sources on delivered.source = config.sources.source
),

judged as (
    select
        *,
        case
            when delivered.event_timestamp is null
                then {'code': 'missing_time', 'reason': 'event_timestamp is empty'}
            when occurred_at < timestamp '2000-01-01'
                then {
                    'code': 'before_2000',
                    'reason': 'event_timestamp ' || delivered.event_timestamp
                    || ' is ' || occurred_at || '; microseconds are wanted'
                }
            when
                occurred_at
                > coalesce(received_at, timestamp '2100-01-01') + interval 24 hours
                then {
                    'code': 'in_the_future',
                    'reason': 'event_timestamp ' || delivered.event_timestamp
                    || ' lies more than 24 h after it was received'
                }
            when coalesce(delivered.event_name, '') = ''
                then {'code': 'missing_name', 'reason': 'event_name is empty'}
        end as fault
    from stamped
)

select
    delivered.delivery_key,
    delivered.row_number,
    delivered.source,
    null::varchar as event_id,
    occurred_at,
    null::timestamp as sent_at,
    received_at,
    delivered.event_bundle_sequence_id as source_sequence,
    channel,
    delivered.event_name,
    list_filter(
        [
            {'kind': 'user_id', 'value': delivered.user_id},
            {'kind': 'anonymous_id', 'value': delivered.user_pseudo_id}
        ],
        lambda identifier: identifier.value is not null
    ) as identifiers,
    delivered.ecommerce.transaction_id as order_id,
    try_cast(delivered.ecommerce.purchase_revenue as decimal(18, 4)) as value,
    case
        when delivered.ecommerce.purchase_revenue is not null
            then coalesce(currency, source_currency)
    end as currency,
    url,
    referrer,
    delivered.collected_traffic_source.manual_source as utm_source,
    delivered.collected_traffic_source.manual_medium as utm_medium,
    delivered.collected_traffic_source.manual_campaign_name as utm_campaign,
    delivered.device.category as device,
    delivered.geo.country as country,
    null::varchar as conversation_id,
    'customer' as actor,
    null::double as score,
    case delivered.privacy_info.analytics_storage when 'Yes' then 'granted' when 'No' then 'denied' end
        as consent,
    regexp_matches(
        delivered.device.web_info.browser, 'bot|crawl|spider|headlesschrome', 'i'
    ) as is_bot,
    coalesce(json_merge_patch(delivered.extra, params), params, delivered.extra) as properties,
    fault.code as reject_code,
    fault.reason as reject_reason,
    case when fault is not null then to_json(delivered)::varchar end as raw_text
from judged
