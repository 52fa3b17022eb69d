-- model:  lab.chosen_horizon
-- about:  Up to when the data is complete, as core.horizon has it: where stays that still run are cut.
-- scope:  global
-- grain:  one row
-- key:
-- reads:  marts.clock
-- column: horizon_at     | timestamp | Instant up to which the data is complete, UTC; null without events.
-- column: first_event_at | timestamp | First event, UTC; null without events.

select
    horizon_at,
    first_event_at
from clock
