-- model:   staging.purchase_order_lines
-- about:   Invoice lines in the shape of UCI Online Retail; staging.events adds the lines of one invoice up to one order. Postage and carriage lines (POST, DOT, C2) have value 0, because shipping is left out where given apart. Invoices that begin with C are cancellations, with negative values; those that begin with A, and lines that book stock out, are adjustments and no orders. Times are read as in staging.purchase_orders.
-- scope:   staging
-- grain:   one row per delivered line
-- key:
-- reads:   raw.purchase_order_lines, config.sources
-- reader:  csv
-- raw:     InvoiceNo | varchar | required | Invoice; C and digits for a cancellation.
-- raw:     StockCode | varchar | required | Article, or a word such as POST.
-- raw:     Description | varchar | optional | Article in words.
-- raw:     Quantity | varchar | required | Pieces; negative when taken back.
-- raw:     InvoiceDate | varchar | required | When the invoice was made, local time.
-- raw:     UnitPrice | varchar | required | Price of one piece.
-- raw:     CustomerID | varchar | optional | Customer; null where nobody was noted.
-- raw:     Country | varchar | optional | Country of the customer.
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
        regexp_extract_all(delivered.InvoiceDate, '\d+') as numbers,
        try_cast(delivered.Quantity as bigint) as pieces,
        try_cast(delivered.UnitPrice as decimal(18, 4)) as piece_price,
        try_cast(pieces * piece_price as decimal(18, 4)) as amount
    from raw.purchase_order_lines as delivered
    inner join config.sources on delivered.source = config.sources.source
),

clocked as (
    select
        *,
        case
            when fields is null and regexp_matches(delivered.InvoiceDate, '(Z|[+-]\d\d:?\d\d)$')
                then timezone('UTC', try_cast(delivered.InvoiceDate as timestamptz))
            when fields is null
                then timezone('UTC', timezone(zone, try_cast(delivered.InvoiceDate as timestamp)))
            else timezone('UTC', timezone(zone, try(make_timestamp(
                coalesce(
                    numbers[list_position(fields, 'Y')]::integer,
                    2000 + numbers[list_position(fields, 'y')]::integer
                ),
                numbers[list_position(fields, 'm')]::integer,
                numbers[list_position(fields, 'd')]::integer,
                coalesce(numbers[list_position(fields, 'H')]::integer, 0),
                coalesce(numbers[list_position(fields, 'M')]::integer, 0),
                coalesce(numbers[list_position(fields, 'S')]::double, 0)
            ))))
        end as occurred_at
    from sourced
),

judged as (
    select
        *,
        case
            when coalesce(delivered.InvoiceDate, '') = ''
                then {'code': 'missing_time', 'reason': 'InvoiceDate is empty'}
            when occurred_at is null
                then {
                    'code': 'bad_time',
                    'reason': 'InvoiceDate ''' || delivered.InvoiceDate || ''' is no date and time'
                }
            when occurred_at < timestamp '2000-01-01'
                then {'code': 'before_2000', 'reason': 'InvoiceDate is ' || delivered.InvoiceDate}
            when occurred_at > timestamp '2100-01-02'
                then {'code': 'in_the_future', 'reason': 'InvoiceDate is ' || delivered.InvoiceDate}
            when coalesce(delivered.InvoiceNo, '') = ''
                then {'code': 'missing_order', 'reason': 'InvoiceNo is empty'}
            when amount is null
                then {
                    'code': 'bad_value',
                    'reason': 'Quantity ''' || coalesce(delivered.Quantity, '')
                    || ''' times UnitPrice ''' || coalesce(delivered.UnitPrice, '')
                    || ''' is no amount'
                }
        end as fault
    from clocked
)

select
    delivered.delivery_key,
    delivered.row_number,
    delivered.source,
    null::varchar as event_id,
    occurred_at,
    null::timestamp as sent_at,
    null::timestamp as received_at,
    null::bigint as source_sequence,
    channel,
    case
        when starts_with(delivered.InvoiceNo, 'C') then 'cancelled'
        when starts_with(delivered.InvoiceNo, 'A') or pieces < 0 then 'adjusted'
        else 'completed'
    end as event_name,
    list_filter(
        [{'kind': 'user_id', 'value': delivered.CustomerID}],
        lambda identifier: identifier.value is not null
    ) as identifiers,
    delivered.InvoiceNo as order_id,
    case
        when upper(delivered.StockCode) in ('POST', 'DOT', 'C2') then 0::decimal(18, 4)
        else amount
    end as value,
    source_currency as currency,
    null::varchar as url,
    null::varchar as referrer,
    null::varchar as utm_source,
    null::varchar as utm_medium,
    null::varchar as utm_campaign,
    null::varchar as device,
    delivered.Country as country,
    null::varchar as conversation_id,
    'customer' as actor,
    null::double as score,
    null::varchar as consent,
    null::boolean as is_bot,
    json_merge_patch(
        coalesce(delivered.extra, '{}'),
        json_object(
            'stock_code', delivered.StockCode,
            'description', delivered.Description,
            'quantity', pieces,
            'unit_price', piece_price
        )
    ) as properties,
    fault.code as reject_code,
    fault.reason as reject_reason,
    case when fault is not null then to_json(delivered)::varchar end as raw_text
from judged
