-- model:  marts.stages
-- about:  The business phases of the touchpoint file in their order.
-- scope:  global
-- grain:  one row per stage
-- key:    stage
-- reads:  config.stages, core.touchpoints
-- column: stage       | varchar | Name of the stage.
-- column: stage_rank  | integer | Its place, counted from 1 without holes.
-- column: phase       | varchar | 'before', 'during' or 'after' purchase: below, equal to or above the goal's stage; null without a staged goal.
-- column: touchpoints | bigint  | Touchpoints whose stage up to the goal it is.
-- column: touchpoints_after | bigint | Touchpoints whose stage after the goal it is.

with

goals as (
    select max(stage_rank) as goal_rank
    from core.touchpoints
    where is_goal
),

upto as (
    select
        stage,
        count(*) as touchpoints
    from core.touchpoints
    where stage is not null
    group by stage
),

beyond as (
    select
        stage_after_goal,
        count(*) as touchpoints
    from core.touchpoints
    where stage_after_goal is not null
    group by stage_after_goal
)

select
    stages.stage,
    stages.stage_rank,
    case
        when stages.stage_rank < goals.goal_rank then 'before'
        when stages.stage_rank = goals.goal_rank then 'during'
        when stages.stage_rank > goals.goal_rank then 'after'
    end as phase,
    coalesce(upto.touchpoints, 0) as touchpoints,
    coalesce(beyond.touchpoints, 0) as touchpoints_after
from config.stages
inner join goals on true
left join upto on stages.stage = upto.stage
left join beyond on stages.stage = beyond.stage_after_goal
order by stages.stage_rank
