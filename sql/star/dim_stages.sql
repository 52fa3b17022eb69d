-- model:  star.dim_stages
-- about:  Dimension: the business phases in their order.
-- scope:  global
-- grain:  one row per stage
-- key:    stage
-- reads:  marts.stages
-- kind:   view
-- column: stage      | varchar | Name of the stage.
-- column: stage_rank | integer | Its place, counted from 1, for sorting.
-- column: phase      | varchar | 'before', 'during' or 'after' purchase; null without a staged goal.

select
    stage,
    stage_rank,
    phase
from stages
