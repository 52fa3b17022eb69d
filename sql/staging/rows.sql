-- model:   staging.rows
-- about:   Every delivered row of the sources in the settings, good or bad, and the event it claims to be before duplicates are settled. Narrow: whole rows stay in the formats' views, which the run names in staging_tables and adds to what this model reads. Canonical content leaves out the sent, received and loaded clocks, consent (what somebody says about an event, and may take back), file, row number and source_sequence (which may be the row number).
-- scope:   global
-- grain:   one row per delivered event row
-- key:     delivery_key, row_number, source_sequence
-- reads:
-- params:  staging_tables, as_of, refused_consent
-- column:  row_key            | bigint    | Number of the row, in no order that means anything.
-- column:  delivery_key       | integer   | Delivery it came in.
-- column:  row_number         | bigint    | Line or record number in the file, counted from 1.
-- column:  source_sequence    | bigint    | The source's counter, 0 where it has none; tells the rows of one nested record apart.
-- column:  source             | varchar   | Source.
-- column:  event_id           | varchar   | '<source>:<own id>', or '<source>:<hash of canonical content>' where it has none.
-- column:  order_event_id     | varchar   | Order event it is folded into; null for rows that stay apart.
-- column:  content_hash       | varchar   | Hash of canonical content where the row's own id comes more than once; else null.
-- column:  has_own_id         | boolean   | Whether the source gave the id.
-- column:  is_rejected        | boolean   | True for a row that cannot become an event.
-- column:  is_waiting         | boolean   | True for a good row after as-of.
-- column:  is_consent_refused | boolean   | True for a good row up to as-of whose consent is a refusal: it takes part in settling duplicates, and makes no event when it is the row kept.
-- column:  consent            | varchar   | Consent as the source states it; null when not known.
-- column:  occurred_at        | timestamp | When it happened, UTC; null only in rejected rows.
-- column:  sent_at            | timestamp | When the client sent it, UTC; null where not given.
-- column:  received_at        | timestamp | When the source received or last changed it, UTC; null where not given.

with

doubled_ids as (
    select hash(source, event_id) as id_hash
    from query_table($staging_tables, true)
    where event_id is not null
    group by hash(source, event_id)
    having count(*) > 1
),

hashed as (
    select
        delivered.delivery_key,
        delivered.row_number,
        coalesce(delivered.source_sequence, 0) as source_sequence,
        delivered.source,
        delivered.event_id as own_id,
        delivered.channel,
        delivered.event_name,
        delivered.order_id,
        delivered.consent,
        delivered.reject_code is not null as is_rejected,
        delivered.occurred_at,
        delivered.sent_at,
        delivered.received_at,
        case
            when
                delivered.reject_code is null
                and (delivered.event_id is null or doubled_ids.id_hash is not null)
                then md5(
                    json_array(
                        delivered.occurred_at, delivered.channel, delivered.event_name,
                        delivered.identifiers, delivered.order_id, delivered.value,
                        delivered.currency, delivered.url, delivered.referrer,
                        delivered.utm_source, delivered.utm_medium, delivered.utm_campaign,
                        delivered.device, delivered.country, delivered.conversation_id,
                        delivered.actor, delivered.score, delivered.is_bot, delivered.properties
                    )
                )
        end as content_hash
    from query_table($staging_tables, true) as delivered
    left join doubled_ids on hash(delivered.source, delivered.event_id) = doubled_ids.id_hash
)

select
    row_number() over () as row_key,
    delivery_key,
    row_number,
    source_sequence,
    source,
    source || ':' || coalesce(own_id, content_hash) as event_id,
    case
        when channel = 'purchase' and event_name = 'completed' then 'order:' || order_id
        when channel = 'purchase' and own_id is null then 'order:' || order_id || ':' || event_name
    end as order_event_id,
    case when own_id is not null then content_hash end as content_hash,
    own_id is not null as has_own_id,
    is_rejected,
    not is_rejected and occurred_at > $as_of as is_waiting,
    not is_rejected and occurred_at <= $as_of
    and coalesce(list_contains($refused_consent, lower(trim(consent))), false) as is_consent_refused,
    consent,
    occurred_at,
    sent_at,
    received_at
from hashed
