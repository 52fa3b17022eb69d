-- model:  marts.designed_map
-- about:  The steps of the designed map, in order. Empty without a map file.
-- scope:  global
-- grain:  one row per step and touchpoint
-- key:    step_number, touchpoint
-- reads:  config.designed_map
-- column: step_number | integer | Place in the map, counted from 1.
-- column: step        | varchar | Name of the step.
-- column: touchpoint  | varchar | Touchpoint that takes it; null for a step of a stage.
-- column: stage       | varchar | Stage whose touchpoints take it; null for a step of touchpoints.
-- column: is_optional | boolean | Whether it may be left out.
-- column: may_repeat  | boolean | Whether it may be taken several times in a row.

select
    step_number,
    step,
    touchpoint,
    stage,
    is_optional,
    may_repeat
from config.designed_map
order by step_number, touchpoint
