-- on:       marts.graph_nodes
-- severity: error
-- about:    Of every touchpoint node the flow in, the flow out and the visits are equal, and so are their settled twins.
with

flows as (
    select
        part,
        to_node as node,
        transitions as flow_in,
        transitions_settled as flow_in_settled,
        0 as flow_out,
        0 as flow_out_settled
    from graph.edges
    union all
    select
        part,
        from_node as node,
        0 as flow_in,
        0 as flow_in_settled,
        transitions as flow_out,
        transitions_settled as flow_out_settled
    from graph.edges
),

summed as (
    select
        part,
        node,
        sum(flow_in) as flow_in,
        sum(flow_in_settled) as flow_in_settled,
        sum(flow_out) as flow_out,
        sum(flow_out_settled) as flow_out_settled
    from flows
    group by part, node
)

select
    nodes.part,
    nodes.node,
    nodes.visits,
    summed.flow_in,
    summed.flow_out
from marts.graph_nodes as nodes
left join summed on nodes.part = summed.part and nodes.node = summed.node
where
    nodes.node not in ('(start)', '(converted)', '(dropped)', '(open)', '(end)')
    and (
        nodes.visits is distinct from summed.flow_in
        or nodes.visits is distinct from summed.flow_out
        or nodes.visits_settled is distinct from summed.flow_in_settled
        or nodes.visits_settled is distinct from summed.flow_out_settled
    )
