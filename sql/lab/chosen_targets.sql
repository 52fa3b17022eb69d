-- model:  lab.chosen_targets
-- about:  The targets of the settings that a run held bottlenecks against, as far as it used them.
-- scope:  global
-- grain:  one row
-- key:
-- reads:  marts.bottlenecks, marts.clock
-- column: journey_timeout_days | integer | Silence after which a journey is over.
-- column: target_wait_hours    | double  | Hours a wait should take; null where none was used.
-- column: target_exit_rate     | double  | Exits per visit there should be; null where none was used.
-- column: target_return_rate   | double  | Returns per visit there should be; null where none was used.

select
    any_value(clock.journey_timeout_days) as journey_timeout_days,
    max(bottlenecks.reference) filter (where bottlenecks.face = 'slow') as target_wait_hours,
    max(bottlenecks.reference) filter (where bottlenecks.face = 'leaky') as target_exit_rate,
    max(bottlenecks.reference) filter (where bottlenecks.face = 'churny') as target_return_rate
from clock
left join bottlenecks on bottlenecks.reference_scope = 'target'
