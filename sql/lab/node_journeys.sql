-- model:  lab.node_journeys
-- about:  Journeys that visited one node of the graph.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  lab.moves
-- params: part, node
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | Times they visited it.

select
    customer_id,
    journey_id,
    count(*) as occurrences
from moves
where
    part = $part
    and if(
        $node = if(part = 'before', '(start)', '(converted)'),
        from_node = $node,
        to_node = $node
    )
group by customer_id, journey_id
