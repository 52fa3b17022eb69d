-- model:  marts.stage_kpis
-- about:  Figures of each stage before the goal, over settled journeys but for the stay: who reaches it, who converts after all, who drops there, and how long they stay.
-- scope:  global
-- grain:  one row per stage
-- key:    stage
-- reads:  config.stages, graph.stage_nodes, graph.stage_edge_counts, analysis.stay_quantiles, analysis.intervals
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

entries as (
    select
        to_stage as stage,
        sum(transitions_settled)::bigint as stays
    from graph.stage_edge_counts
    where from_stage != to_stage
    group by to_stage
),

falls as (
    select
        counts.from_stage as stage,
        sum(counts.transitions_settled)::bigint as back_moves
    from graph.stage_edge_counts as counts
    inner join config.stages as higher on counts.from_stage = higher.stage
    inner join config.stages as lower on counts.to_stage = lower.stage
    where lower.stage_rank < higher.stage_rank
    group by counts.from_stage
)

select
    stages.stage,
    stages.stage_rank,
    coalesce(nodes.journeys_settled, 0) as journeys,
    coalesce(nodes.customers_settled, 0) as customers,
    coalesce(nodes.journeys_converted, 0) as converted,
    coalesce(nodes.exits, 0) as dropped,
    nodes.exits / nullif(nodes.journeys_settled, 0) as exit_share,
    intervals.low as exit_share_low,
    intervals.high as exit_share_high,
    coalesce(entries.stays, 0) as stays,
    coalesce(falls.back_moves, 0) as back_moves,
    quantiles.stay_p50_seconds,
    coalesce(nodes.customers_settled, 0) < 30 as is_insufficient
from config.stages
left join graph.stage_nodes as nodes on stages.stage = nodes.node
left join entries on stages.stage = entries.stage
left join falls on stages.stage = falls.stage
left join analysis.stay_quantiles as quantiles
    on quantiles.kind = 'stage' and stages.stage_rank = quantiles.item_key
left join analysis.intervals
    on intervals.measure = 'stage_exit_share' and stages.stage = intervals.item
order by stages.stage_rank
