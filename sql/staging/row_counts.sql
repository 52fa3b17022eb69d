-- model:   staging.row_counts
-- about:   Where every delivered row of a source went; the sum is checked, so no row is ever lost.
-- scope:   global
-- grain:   one row per source in the settings
-- key:     source
-- reads:   staging.rows, staging.doubled_rows, staging.merged_orders, staging.events, staging.rejected_events, ops.deliveries, ops.rejected_rows, config.sources
-- column:  source                 | varchar | Source as named in the settings.
-- column:  rows_in                | bigint  | Rows delivered; each part of a nested record counts.
-- column:  events                 | bigint  | Events made; an order of several sources counts at the source of its earliest row.
-- column:  duplicates             | bigint  | Rows dropped because their event came again.
-- column:  conflicting_duplicates | bigint  | Duplicates whose content differs from the kept row's.
-- column:  merged_rows            | bigint  | Rows folded into an order beside its earliest row.
-- column:  waiting_rows           | bigint  | Good rows after as-of, left for a later run.
-- column:  consent_refused_rows   | bigint  | Good rows whose consent is refused: counted here, used nowhere.
-- column:  rejected_rows          | bigint  | Rows that cannot become events.
-- check:   error | rows_in = events + duplicates + merged_rows + waiting_rows + consent_refused_rows + rejected_rows | rows in = events + duplicates + merged + waiting + consent refused + rejected
-- check:   error | conflicting_duplicates <= duplicates | a conflicting duplicate is a duplicate

with

fates as (
    select
        source,
        'staged' as fate,
        count(*) as rows
    from staging.rows
    group by source
    union all
    select
        source,
        'waiting' as fate,
        count(*) as rows
    from staging.rows
    where is_waiting
    group by source
    union all
    select
        ops.deliveries.source,
        'unread' as fate,
        count(*) as rows
    from ops.rejected_rows
    inner join ops.deliveries on ops.rejected_rows.delivery_key = ops.deliveries.delivery_key
    where ops.deliveries.state = 'loaded' and ops.rejected_rows.replayed_in is null
    group by ops.deliveries.source
    union all
    select
        source,
        'rejected' as fate,
        count(*) as rows
    from staging.rejected_events
    group by source
    union all
    select
        source,
        case when is_conflicting then 'conflicting' else 'duplicate' end as fate,
        count(*) as rows
    from staging.doubled_rows
    where not is_kept
    group by source, is_conflicting
    union all
    select
        claimed.source,
        'consent_refused' as fate,
        count(*) as rows
    from staging.rows as claimed
    left join staging.doubled_rows as doubled on claimed.row_key = doubled.row_key
    where claimed.is_consent_refused and coalesce(doubled.is_kept, true)
    group by claimed.source
    union all
    select
        claimed.source,
        'order_row' as fate,
        count(*) as rows
    from staging.rows as claimed
    left join staging.doubled_rows as doubled on claimed.row_key = doubled.row_key
    where
        claimed.order_event_id is not null
        and not claimed.is_rejected
        and not claimed.is_waiting
        and not claimed.is_consent_refused
        and coalesce(doubled.is_kept, true)
    group by claimed.source
    union all
    select
        source,
        'order' as fate,
        count(*) as rows
    from staging.merged_orders
    group by source
    union all
    select
        source,
        'event' as fate,
        count(*) as rows
    from staging.events
    group by source
)

select
    config.sources.source,
    coalesce(sum(rows) filter (fate in ('staged', 'unread')), 0)::bigint as rows_in,
    coalesce(sum(rows) filter (fate = 'event'), 0)::bigint as events,
    coalesce(sum(rows) filter (fate in ('duplicate', 'conflicting')), 0)::bigint as duplicates,
    coalesce(sum(rows) filter (fate = 'conflicting'), 0)::bigint as conflicting_duplicates,
    (
        coalesce(sum(rows) filter (fate = 'order_row'), 0)
        - coalesce(sum(rows) filter (fate = 'order'), 0)
    )::bigint as merged_rows,
    coalesce(sum(rows) filter (fate = 'waiting'), 0)::bigint as waiting_rows,
    coalesce(sum(rows) filter (fate = 'consent_refused'), 0)::bigint as consent_refused_rows,
    coalesce(sum(rows) filter (fate = 'rejected'), 0)::bigint as rejected_rows
from config.sources
left join fates on config.sources.source = fates.source
group by config.sources.source
order by config.sources.source
