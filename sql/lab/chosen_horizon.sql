-- model:  lab.chosen_horizon
-- about:  The last action of all, in place of core.horizon: where stays that still run are cut, of which no table for chosen journeys tells.
-- scope:  global
-- grain:  one row
-- key:
-- reads:  marts.journeys
-- column: horizon_at | timestamp | Last action, UTC; null without journeys.

select max(last_action_at) as horizon_at
from journeys
