-- model:  lab.chosen_touchpoints
-- about:  All touchpoints as core.touchpoints has them, so that its models run on chosen journeys.
-- scope:  global
-- grain:  one row per touchpoint
-- key:    touchpoint_key
-- reads:  marts.touchpoints, marts.stages
-- column: touchpoint_key        | usmallint | Its number by name, from 0.
-- column: touchpoint            | varchar   | Its name.
-- column: label                 | varchar   | Plain name; the name itself where none is given.
-- column: channel               | varchar   | Channel.
-- column: role                  | varchar   | 'action' or 'context'.
-- column: phase                 | varchar   | 'before', 'during' or 'after' purchase; null without a stage or goal.
-- column: stage                 | varchar   | Stage up to the goal; null for none.
-- column: stage_rank            | integer   | Its rank.
-- column: stage_after_goal      | varchar   | Stage after the goal; null for none.
-- column: stage_after_goal_rank | integer   | Its rank.
-- column: is_goal               | boolean   | Whether it is a goal of a journey.
-- column: is_loss               | boolean   | Whether it ends a journey as lost.
-- column: is_manual             | boolean   | Whether it is somebody's hand work.
-- column: owner                 | varchar   | Who is responsible; null where not given.
-- column: waits_for             | varchar   | 'customer' or 'us'; null where not given.

select
    (row_number() over (order by touchpoints.touchpoint) - 1)::usmallint as touchpoint_key,
    touchpoints.touchpoint,
    touchpoints.label,
    touchpoints.channel,
    touchpoints.role,
    touchpoints.phase,
    touchpoints.stage,
    upto.stage_rank,
    touchpoints.stage_after_goal,
    beyond.stage_rank as stage_after_goal_rank,
    touchpoints.is_goal,
    touchpoints.is_loss,
    touchpoints.is_manual,
    touchpoints.owner,
    touchpoints.waits_for
from touchpoints
left join stages as upto on touchpoints.stage = upto.stage
left join stages as beyond on touchpoints.stage_after_goal = beyond.stage
order by touchpoint_key
