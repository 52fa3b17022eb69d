-- model:  marts.rejected_summary
-- about:  How many delivered rows could not become events, and why. The rows themselves stay in the private warehouse (staging.rejected_events).
-- scope:  global
-- grain:  one row per (source, reason_code)
-- key:    source, reason_code
-- reads:  staging.rejected_events
-- column: source             | varchar | Source as named in the settings.
-- column: reason_code        | varchar | Reason as a stable word.
-- column: rejected_rows      | bigint  | Rows rejected for it.
-- column: files              | bigint  | Files they came in.
-- column: example_file       | varchar | The first of those files by name.
-- column: example_row_number | bigint  | The first such row in it, counted from 1.

select
    source,
    reason_code,
    count(*) as rejected_rows,
    count(distinct file_name) as files,
    min(file_name) as example_file,
    min_by(row_number, (file_name, row_number)) as example_row_number
from staging.rejected_events
group by source, reason_code
order by source, rejected_rows desc, reason_code
