-- model:  marts.stage_kpis
-- about:  Figures of each stage before the goal, over settled journeys but for the stay: who reaches it, who converts after all, who drops there, and how long they stay.
-- scope:  global
-- grain:  one row per stage
-- key:    stage
-- reads:  config.stages, analysis.stage_stays, analysis.stay_quantiles, core.journeys, analysis.intervals
-- column: stage           | varchar | Stage.
-- column: stage_rank      | integer | Its place, counted from 1.
-- column: journeys        | bigint  | Settled journeys that reached it before the goal.
-- column: customers       | bigint  | Customers of those journeys.
-- column: converted       | bigint  | Converted ones among the journeys.
-- column: dropped         | bigint  | Dropped ones whose last staged step was in it.
-- column: exit_share      | double  | dropped ÷ journeys; null without journeys.
-- column: exit_share_low  | double  | Lower bound at 95 % (Wilson, customers as clusters).
-- column: exit_share_high | double  | Upper bound.
-- column: stays           | bigint  | Stays in it: runs of steps of the stage, unstaged steps inside them included.
-- column: back_moves      | bigint  | Stays left for a lower stage.
-- column: stay_p50_seconds | double | Least time by which half of the stays of all journeys have ended (Kaplan-Meier, running ones included): from entering the stage to the next stage, the goal, a loss, or the journey timeout after the last event; null when it was not reached.
-- column: is_insufficient | boolean | Whether fewer than 30 customers stand behind it.
-- check:  error | journeys >= converted + dropped | a journey ends once

with

stayed as (
    select
        stays.stage_rank,
        count(distinct(stays.customer_key, stays.journey_number)) as journeys,
        count(distinct stays.customer_key) as customers,
        count(distinct(stays.customer_key, stays.journey_number))
        filter (where journeys.outcome = 'converted') as converted,
        count(*) filter (
            where journeys.outcome in ('lost', 'lapsed') and stays.next_stage_rank is null
        ) as dropped,
        count(*) as stays,
        count(*) filter (where stays.next_stage_rank < stays.stage_rank) as back_moves
    from analysis.stage_stays as stays
    inner join core.journeys
        on
            stays.customer_key = journeys.customer_key
            and stays.journey_number = journeys.journey_number
    where journeys.is_settled
    group by stays.stage_rank
)

select
    stages.stage,
    stages.stage_rank,
    coalesce(stayed.journeys, 0) as journeys,
    coalesce(stayed.customers, 0) as customers,
    coalesce(stayed.converted, 0) as converted,
    coalesce(stayed.dropped, 0) as dropped,
    stayed.dropped / stayed.journeys as exit_share,
    intervals.low as exit_share_low,
    intervals.high as exit_share_high,
    coalesce(stayed.stays, 0) as stays,
    coalesce(stayed.back_moves, 0) as back_moves,
    quantiles.stay_p50_seconds,
    coalesce(stayed.customers, 0) < 30 as is_insufficient
from config.stages
left join stayed on stages.stage_rank = stayed.stage_rank
left join analysis.stay_quantiles as quantiles
    on quantiles.kind = 'stage' and stages.stage_rank = quantiles.item_key
left join analysis.intervals
    on intervals.measure = 'stage_exit_share' and stages.stage = intervals.item
order by stages.stage_rank
