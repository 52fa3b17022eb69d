-- model:  core.touchpoints
-- about:  Every touchpoint that is defined or occurs, with the attributes journeys are cut by.
-- scope:  global
-- grain:  one row per touchpoint
-- key:    touchpoint_key
-- reads:  core.event_kinds, config.touchpoints, config.stages
-- column: touchpoint_key           | usmallint | Dense code in the order of the names; never published.
-- column: touchpoint               | varchar   | Normalised name.
-- column: label                    | varchar   | Plain name for people; the name itself where none is given.
-- column: channel                  | varchar   | Channel: the part before the colon, else that of its events.
-- column: role                     | varchar   | 'action' or 'context'; a refund and a survey are context, so that they cut nothing.
-- column: stage                    | varchar   | Stage up to the goal; null for none.
-- column: stage_rank               | integer   | Its rank; null for none.
-- column: stage_after_goal         | varchar   | Stage after the goal: the one given for it, else stage.
-- column: stage_after_goal_rank    | integer   | Its rank; null for none.
-- column: phase                    | varchar   | 'before', 'during', 'after' purchase: stage below, equal to, above the goal's; null without a stage or goal.
-- column: opens                    | varchar   | When it opens a journey: 'always', 'until_goal' (the customer's first), 'never'.
-- column: is_after_care            | boolean   | Whether its stage after the goal ranks above the goal's stage.
-- column: is_only_after_care       | boolean   | Whether it is after-care and has no stage up to the goal's.
-- column: is_goal                  | boolean   | Whether it is a goal.
-- column: is_loss                  | boolean   | Whether it is a loss.
-- column: is_refund                | boolean   | Whether it takes back the value of an order.
-- column: is_manual                | boolean   | Whether it is somebody's hand work.
-- column: owner                    | varchar   | Who is responsible; null where not given.
-- column: waits_for                | varchar   | 'customer' or 'us'; null where not given.
-- column: survey                   | varchar   | 'csat' or 'nps' where it belongs to a survey; null for none.
-- column: is_invitation            | boolean   | Whether it asks for that survey's score; else it is the reply.
-- column: is_defined               | boolean   | Whether the touchpoint file names it.

with

named as (
    select touchpoint, channel from core.event_kinds
    union all
    select repeat_touchpoint, channel from core.event_kinds where repeat_touchpoint is not null
    union all
    select touchpoint, null from config.touchpoints
),

names as (
    select
        touchpoint,
        case
            when contains(touchpoint, ':') then split_part(touchpoint, ':', 1) else min(channel)
        end as channel
    from named
    group by touchpoint
),

staged as (
    select
        names.touchpoint,
        names.channel,
        defined.label,
        case
            when coalesce(defined.is_refund, false) or defined.survey is not null then 'context'
            else coalesce(defined.role, 'action')
        end as role,
        defined.stage,
        upto.stage_rank,
        coalesce(defined.stage_after_goal, defined.stage) as stage_after_goal,
        coalesce(beyond.stage_rank, upto.stage_rank) as stage_after_goal_rank,
        coalesce(defined.is_goal, false) as is_goal,
        coalesce(defined.is_loss, false) as is_loss,
        coalesce(defined.is_refund, false) as is_refund,
        coalesce(defined.is_manual, false) as is_manual,
        defined.owner,
        defined.waits_for,
        defined.survey,
        coalesce(defined.is_invitation, false) as is_invitation,
        defined.touchpoint is not null as is_defined
    from names
    left join config.touchpoints as defined on names.touchpoint = defined.touchpoint
    left join config.stages as upto on defined.stage = upto.stage
    left join config.stages as beyond on defined.stage_after_goal = beyond.stage
),

goals as (
    select
        max(stage_rank) filter (where is_goal) as goal_rank,
        count(stage_rank) = 0 and count(stage_after_goal_rank) = 0 as is_bare
    from staged
)

select
    (row_number() over (order by staged.touchpoint) - 1)::usmallint as touchpoint_key,
    staged.touchpoint,
    coalesce(staged.label, staged.touchpoint) as label,
    staged.channel,
    staged.role,
    staged.stage,
    staged.stage_rank,
    staged.stage_after_goal,
    staged.stage_after_goal_rank,
    case
        when staged.stage_rank < goals.goal_rank then 'before'
        when staged.stage_rank = goals.goal_rank then 'during'
        when coalesce(staged.stage_rank, staged.stage_after_goal_rank) > goals.goal_rank then 'after'
    end as phase,
    case
        when staged.is_loss then 'never'
        when goals.is_bare then 'always'
        when coalesce(staged.stage_rank, staged.stage_after_goal_rank) is null then 'never'
        when coalesce(staged.stage_after_goal_rank > goals.goal_rank, false)
            then if(coalesce(staged.stage_rank <= goals.goal_rank, false), 'until_goal', 'never')
        else 'always'
    end as opens,
    coalesce(staged.stage_after_goal_rank > goals.goal_rank, false) as is_after_care,
    coalesce(staged.stage_after_goal_rank > goals.goal_rank, false)
    and not coalesce(staged.stage_rank <= goals.goal_rank, false) as is_only_after_care,
    staged.is_goal,
    staged.is_loss,
    staged.is_refund,
    staged.is_manual,
    staged.owner,
    staged.waits_for,
    staged.survey,
    staged.is_invitation,
    staged.is_defined
from staged
inner join goals on true
order by touchpoint_key
