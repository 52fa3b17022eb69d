-- model:   staging.rejected_events
-- about:   Delivered rows that cannot become events, with the reason: those intake could not read and those staging refused; without those that came again, repaired.
-- scope:   global
-- grain:   one row per rejected row
-- key:
-- reads:   staging.refused_rows, ops.deliveries, ops.rejected_rows, config.sources
-- column:  delivery_key | integer | Delivery it came in.
-- column:  source       | varchar | Source as named in the settings.
-- column:  file_name    | varchar | File it came in.
-- column:  row_number   | bigint  | Line or record number in the file, counted from 1.
-- column:  reason_code  | varchar | Reason as a stable word.
-- column:  reason       | varchar | Reason as a sentence that names the value.
-- column:  raw_text     | varchar | The row as it came, or as JSON of its columns.

with

refused as (
    select
        delivery_key,
        row_number,
        reason_code,
        reason,
        raw_text
    from staging.refused_rows
    union all
    select
        delivery_key,
        row_number,
        reason_code,
        reason,
        raw_text
    from ops.rejected_rows
    where replayed_in is null
)

select
    refused.delivery_key,
    ops.deliveries.source,
    ops.deliveries.file_name,
    refused.row_number,
    refused.reason_code,
    refused.reason,
    refused.raw_text
from refused
inner join ops.deliveries on refused.delivery_key = ops.deliveries.delivery_key
inner join config.sources on ops.deliveries.source = config.sources.source
where ops.deliveries.state = 'loaded'
order by
    ops.deliveries.source,
    ops.deliveries.file_name,
    refused.row_number,
    refused.reason_code,
    refused.raw_text
