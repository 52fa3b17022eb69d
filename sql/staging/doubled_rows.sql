-- model:   staging.doubled_rows
-- about:   Rows whose event id comes more than once, and which of them is kept. The latest received wins, then a refusal of consent, then the greatest content hash, then the least sequence: never the order of arrival. Of rows without an own id, a source whose identical_rows are 'events' keeps the k-th identical row of a delivery, with the rows of it that came again repaired, as its own event '<id>#k'.
-- scope:   global
-- grain:   one row per good row up to as-of whose event id comes more than once
-- key:     row_key
-- reads:   staging.rows, config.sources, ops.deliveries
-- column:  row_key        | bigint  | Row of staging.rows.
-- column:  id_hash        | ubigint | Hash of the event id it claims.
-- column:  source         | varchar | Source.
-- column:  event_id       | varchar | Its event, with '#k' from the second identical row of a delivery on.
-- column:  is_kept        | boolean | True for the one row of each event that is kept.
-- column:  is_conflicting | boolean | True for a dropped row whose content differs from the kept one's.

with

doubled_ids as (
    select hash(event_id) as id_hash
    from staging.rows
    where not is_rejected and not is_waiting
    group by hash(event_id)
    having count(*) > 1
),

numbered as (
    select
        claimed.row_key,
        doubled_ids.id_hash,
        claimed.source,
        claimed.event_id,
        claimed.delivery_key,
        claimed.source_sequence,
        claimed.content_hash,
        claimed.is_consent_refused,
        claimed.consent,
        claimed.sent_at,
        claimed.received_at,
        case
            when not claimed.has_own_id and config.sources.identical_rows = 'events'
                then row_number() over (
                    partition by claimed.event_id, coalesce(ops.deliveries.repairs, claimed.delivery_key)
                    order by claimed.consent, claimed.row_number, claimed.source_sequence
                )
            else 1
        end as copy_number
    from staging.rows as claimed
    inner join doubled_ids on hash(claimed.event_id) = doubled_ids.id_hash
    inner join config.sources on claimed.source = config.sources.source
    left join ops.deliveries on claimed.delivery_key = ops.deliveries.delivery_key
    where not claimed.is_rejected and not claimed.is_waiting
),

ranked as (
    select
        *,
        row_number() over best_first as place,
        first_value(content_hash) over best_first as kept_hash
    from numbered
    window best_first as (
        partition by event_id, copy_number
        order by
            received_at desc nulls last,
            is_consent_refused desc,
            content_hash desc,
            consent,
            source_sequence,
            sent_at,
            delivery_key,
            row_key
    )
)

select
    row_key,
    id_hash,
    source,
    event_id || case when copy_number > 1 then '#' || copy_number else '' end as event_id,
    place = 1 as is_kept,
    coalesce(content_hash != kept_hash, false) as is_conflicting
from ranked
