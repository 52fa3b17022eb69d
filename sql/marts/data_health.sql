-- model:  marts.data_health
-- about:  Where every delivered row of a source went, and how fresh the source is.
-- scope:  global
-- grain:  one row per source in the settings
-- key:    source
-- reads:  staging.row_counts, staging.events, config.sources, ops.deliveries, ops.rejected_rows
-- column: source                 | varchar   | Source as named in the settings.
-- column: channel                | varchar   | Channel of its events.
-- column: is_required            | boolean   | Whether the horizon waits for it.
-- column: files_loaded           | bigint    | Files loaded.
-- column: files_set_aside        | bigint    | Files refused whole.
-- column: rows_in                | bigint    | Rows delivered; each part of a nested record counts.
-- column: events                 | bigint    | Events made.
-- column: duplicates             | bigint    | Rows dropped because their event came again.
-- column: conflicting_duplicates | bigint    | Duplicates whose content differs from the kept row's.
-- column: merged_rows            | bigint    | Rows folded into an order beside its earliest row.
-- column: waiting_rows           | bigint    | Good rows after as-of, left for a later run.
-- column: consent_refused_rows   | bigint    | Good rows whose consent is refused: counted here, used nowhere.
-- column: rejected_rows          | bigint    | Rows that cannot become events.
-- column: expired_rows           | bigint    | Rows that went because they had passed the age that raw rows are kept; not in rows_in.
-- column: replayed_rows          | bigint    | Rows that were rejected before, came again repaired, and are counted where they went since.
-- column: rejected_share         | double    | rejected_rows ÷ rows_in; null without rows.
-- column: bot_events             | bigint    | Events marked as made by a program.
-- column: first_event_at         | timestamp | Earliest event, UTC; null without events.
-- column: last_event_at          | timestamp | Latest event, UTC; null without events.
-- column: last_loaded_at         | timestamp | Start of the run that loaded its newest file, UTC; null without files.
-- check:  error | rows_in = events + duplicates + merged_rows + waiting_rows + consent_refused_rows + rejected_rows | no delivered row is lost

with

seen as (
    select
        source,
        count(*) filter (where is_bot) as bot_events,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at
    from staging.events
    group by source
),

delivered as (
    select
        source,
        count(*) filter (where state in ('loaded', 'expired')) as files_loaded,
        count(*) filter (where state = 'set_aside') as files_set_aside,
        sum(rows_expired) as expired_rows,
        max(loaded_at) filter (where state in ('loaded', 'expired')) as last_loaded_at
    from ops.deliveries
    group by source
),

replayed as (
    select
        ops.deliveries.source,
        count(*) as replayed_rows
    from ops.rejected_rows
    inner join ops.deliveries on ops.rejected_rows.delivery_key = ops.deliveries.delivery_key
    where ops.rejected_rows.replayed_in is not null
    group by ops.deliveries.source
)

select
    counts.source,
    sources.channel,
    sources.is_required,
    coalesce(delivered.files_loaded, 0) as files_loaded,
    coalesce(delivered.files_set_aside, 0) as files_set_aside,
    counts.rows_in,
    counts.events,
    counts.duplicates,
    counts.conflicting_duplicates,
    counts.merged_rows,
    counts.waiting_rows,
    counts.consent_refused_rows,
    counts.rejected_rows,
    coalesce(delivered.expired_rows, 0)::bigint as expired_rows,
    coalesce(replayed.replayed_rows, 0) as replayed_rows,
    counts.rejected_rows / nullif(counts.rows_in, 0) as rejected_share,
    coalesce(seen.bot_events, 0) as bot_events,
    seen.first_event_at,
    seen.last_event_at,
    delivered.last_loaded_at
from staging.row_counts as counts
left join config.sources on counts.source = sources.source
left join seen on counts.source = seen.source
left join delivered on counts.source = delivered.source
left join replayed on counts.source = replayed.source
order by counts.source
