-- model:  lab.chosen_business_hours
-- about:  Whether waits are judged within business hours, in place of core.business_hours, of which a snapshot keeps only what was judged so.
-- scope:  global
-- grain:  one row where they are, else none
-- key:    is_open
-- reads:  marts.bottlenecks
-- column: is_open | boolean | True.

select distinct true as is_open
from bottlenecks
where is_business_time
