-- model:   staging.rows
-- about:   Every delivered row of the sources in the settings, good or bad, in the event contract: the union of the formats in use. The run names their tables in staging_tables and adds them to what this model reads.
-- scope:   global
-- grain:   one row per delivered event row; rowid is the row_key of the tables after it
-- key:
-- reads:
-- params:  staging_tables
-- columns: staged

select
    delivery_key,
    row_number,
    source,
    event_id,
    occurred_at,
    sent_at,
    received_at,
    source_sequence,
    channel,
    event_name,
    identifiers,
    order_id,
    value,
    currency,
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
    properties,
    reject_code,
    reject_reason,
    raw_text
from query_table($staging_tables, true)
