-- model:  lab.chosen_efforts
-- about:  How hard touchpoints are to change, as config.efforts has it.
-- scope:  global
-- grain:  one row per touchpoint of which it is known
-- key:    touchpoint
-- reads:  marts.touchpoints
-- column: touchpoint | varchar | Touchpoint.
-- column: effort     | varchar | 'low', 'medium' or 'high'.

select
    touchpoint,
    effort
from touchpoints
where effort is not null
order by touchpoint
