-- on:       marts.step_flows
-- severity: error
-- about:    Steps counted by (part, touchpoint, next touchpoint) equal the transitions of the graph, the moves out of the start left aside.
with

flows as (
    select
        part,
        touchpoint as from_node,
        next_touchpoint as to_node,
        count(*) as transitions,
        count(*) filter (where is_settled) as transitions_settled
    from marts.step_flows
    group by part, touchpoint, next_touchpoint
)

select
    edges.part,
    edges.from_node,
    edges.to_node,
    edges.transitions,
    flows.transitions as steps
from graph.edges
full join flows
    on
        edges.part = flows.part
        and edges.from_node = flows.from_node
        and edges.to_node = flows.to_node
where
    edges.from_node not in ('(start)', '(converted)')
    and (
        edges.transitions is distinct from flows.transitions
        or edges.transitions_settled is distinct from flows.transitions_settled
    )
    or edges.part is null
