-- model:   staging.refused_rows
-- about:   Delivered rows that staging refused, with the reason.
-- scope:   global
-- grain:   one row per refused row
-- key:
-- reads:   staging.rows
-- params:  staging_tables
-- column:  delivery_key | integer | Delivery it came in.
-- column:  row_number   | bigint  | Line or record number in the file, counted from 1.
-- column:  reason_code  | varchar | Reason as a stable word.
-- column:  reason       | varchar | Reason as a sentence that names the value.
-- column:  raw_text     | varchar | The row as JSON of its columns.

select
    delivery_key,
    row_number,
    reject_code as reason_code,
    reject_reason as reason,
    raw_text
from query_table($staging_tables, true)
where reject_code is not null
