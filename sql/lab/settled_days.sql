-- model:  lab.settled_days
-- about:  The last day of the reporting zone whose journeys are all settled: what ended on later days may be missing some.
-- scope:  global
-- grain:  one row
-- key:
-- reads:  marts.clock
-- column: last_settled_date  | date    | Last day that ended before journeys stop being settled; of a finished log its last day. Null without events.
-- column: reporting_timezone | varchar | Zone in which days are cut.

select
    timezone(reporting_timezone, timezone('UTC', settled_before_at))::date
    - if(is_finished, 0, 1) as last_settled_date,
    reporting_timezone
from main.clock
