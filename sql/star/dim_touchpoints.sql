-- model:  star.dim_touchpoints
-- about:  Dimension: the touchpoints with channel, stage and what they stand for, for joining facts by touchpoint.
-- scope:  global
-- grain:  one row per touchpoint
-- key:    touchpoint
-- reads:  marts.touchpoints, marts.stages
-- kind:   view
-- column: touchpoint | varchar | Normalised name, channel:name.
-- column: label      | varchar | Plain name.
-- column: channel    | varchar | Channel.
-- column: role       | varchar | 'action' when the customer does it, 'context' when the brand does it.
-- column: stage      | varchar | Stage up to the goal; null for none.
-- column: stage_rank | integer | Place of the stage, counted from 1, for sorting; null for none.
-- column: phase      | varchar | 'before', 'during' or 'after' purchase; null without a stage or goal.
-- column: owner      | varchar | Who is responsible; null where not given.
-- column: is_goal    | boolean | Whether it is a goal.
-- column: is_loss    | boolean | Whether it ends a journey as lost.

select
    touchpoints.touchpoint,
    touchpoints.label,
    touchpoints.channel,
    touchpoints.role,
    touchpoints.stage,
    stages.stage_rank,
    touchpoints.phase,
    touchpoints.owner,
    touchpoints.is_goal,
    touchpoints.is_loss
from touchpoints
left join stages on touchpoints.stage = stages.stage
