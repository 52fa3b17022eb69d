-- model:  lab.chosen_stages
-- about:  The stages as config.stages has them.
-- scope:  global
-- grain:  one row per stage
-- key:    stage
-- reads:  marts.stages
-- column: stage      | varchar | Name of the stage.
-- column: stage_rank | integer | Its place, counted from 1.

select
    stage,
    stage_rank
from stages
order by stage_rank
