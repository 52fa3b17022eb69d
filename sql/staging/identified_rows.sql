-- model:   staging.identified_rows
-- about:   Who each good row up to as-of claims to be, before duplicates are settled; narrow, so that settling them never moves whole rows. Canonical content leaves out the sent, received and loaded clocks, file, row number and source_sequence (which may be the row number).
-- scope:   global
-- grain:   one row per row of staging.rows that is not rejected and not after as-of
-- key:
-- reads:   staging.rows
-- params:  as_of
-- column:  row_key         | bigint    | Row, as rowid of staging.rows; never published.
-- column:  delivery_key    | integer   | Delivery it came in.
-- column:  row_number      | bigint    | Its number in the file.
-- column:  source          | varchar   | Source.
-- column:  event_id        | varchar   | '<source>:<own id>', or '<source>:<hash of canonical content>' where it has none.
-- column:  order_event_id  | varchar   | Order event it is folded into; null for rows that stay apart.
-- column:  content_hash    | varchar   | Hash of canonical content where the row's own id comes more than once; else null.
-- column:  source_sequence | bigint    | The source's counter.
-- column:  has_own_id      | boolean   | Whether the source gave the id.
-- column:  occurred_at     | timestamp | When it happened, UTC.
-- column:  sent_at         | timestamp | When the client sent it, UTC; null where not given.
-- column:  received_at     | timestamp | When the source received or last changed it, UTC; null where not given.

with

doubled_ids as (
    select hash(source, event_id) as id_hash
    from staging.rows
    where event_id is not null and reject_code is null and occurred_at <= $as_of
    group by hash(source, event_id)
    having count(*) > 1
),

hashed as (
    select
        delivered.rowid as row_key,
        delivered.delivery_key,
        delivered.row_number,
        delivered.source,
        delivered.event_id as own_id,
        delivered.channel,
        delivered.event_name,
        delivered.order_id,
        delivered.source_sequence,
        delivered.occurred_at,
        delivered.sent_at,
        delivered.received_at,
        case
            when delivered.event_id is null or doubled_ids.id_hash is not null
                then md5(
                    json_array(
                        occurred_at, channel, event_name, identifiers, order_id, value, currency,
                        url, referrer, utm_source, utm_medium, utm_campaign, device, country,
                        conversation_id, actor, score, consent, is_bot, properties
                    )
                )
        end as content_hash
    from staging.rows as delivered
    left join doubled_ids on hash(delivered.source, delivered.event_id) = doubled_ids.id_hash
    where delivered.reject_code is null and delivered.occurred_at <= $as_of
)

select
    row_key,
    delivery_key,
    row_number,
    source,
    source || ':' || coalesce(own_id, content_hash) as event_id,
    case
        when channel = 'purchase' and event_name = 'completed' then 'order:' || order_id
        when channel = 'purchase' and own_id is null then 'order:' || order_id || ':' || event_name
    end as order_event_id,
    case when own_id is not null then content_hash end as content_hash,
    source_sequence,
    own_id is not null as has_own_id,
    occurred_at,
    sent_at,
    received_at
from hashed
