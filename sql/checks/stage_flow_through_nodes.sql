-- on:       marts.stage_nodes
-- severity: error
-- about:    Of every stage the flow in, the flow out and the visits are equal, settled twins too; the flow out of (start) = journeys but service ones.
with

journeys as (
    select count(*) as journeys
    from core.journeys
    where outcome != 'service'
),

flows as (
    select
        to_stage as node,
        true as is_in,
        is_settled
    from core.stage_moves
    union all
    select
        from_stage as node,
        false as is_in,
        is_settled
    from core.stage_moves
),

summed as (
    select
        node,
        count(*) filter (where is_in) as flow_in,
        count(*) filter (where is_in and is_settled) as flow_in_settled,
        count(*) filter (where not is_in) as flow_out,
        count(*) filter (where not is_in and is_settled) as flow_out_settled
    from flows
    group by node
)

select
    nodes.node,
    nodes.visits,
    summed.flow_in,
    summed.flow_out
from marts.stage_nodes as nodes
inner join journeys on true
left join summed on nodes.node = summed.node
where
    nodes.stage_rank is not null
    and (
        nodes.visits is distinct from summed.flow_in
        or nodes.visits is distinct from summed.flow_out
        or nodes.visits_settled is distinct from summed.flow_in_settled
        or nodes.visits_settled is distinct from summed.flow_out_settled
    )
    or nodes.node = '(start)' and nodes.visits != journeys.journeys
    or nodes.node = '(start)' and summed.flow_out != journeys.journeys
