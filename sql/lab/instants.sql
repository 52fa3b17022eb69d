-- model:  lab.instants
-- about:  Times told as text, read as ISO 8601; a time without an offset is UTC.
-- scope:  global
-- grain:  one row per row of the frame
-- key:    row_number
-- reads:  told_instants
-- column: row_number  | bigint    | Place in the frame, counted from 1.
-- column: occurred_at | timestamp | UTC; null where the text is no time.

select
    row_number,
    timezone('UTC', try_cast(trim(told) as timestamptz)) as occurred_at
from told_instants
order by row_number
