-- model:  lab.edge_features
-- about:  Moves of settled journeys in two groups, added up for each customer.
-- scope:  global
-- grain:  one row per side, customer and feature
-- key:    side, customer_hash, feature, from_node, to_node
-- reads:  lab.sides, lab.moves
-- params: part
-- column: side          | varchar | 'a' or 'b'.
-- column: customer_hash | ubigint | 64 bits of a hash of customer_id.
-- column: feature       | varchar | 'transitions' of an edge, 'moves' out of a node.
-- column: from_node     | varchar | Node left.
-- column: to_node       | varchar | Node entered; null for all of them.
-- column: amount        | double  | Sum over the customer's journeys on the side.

select
    sides.side,
    md5_number_lower(sides.customer_id) as customer_hash,
    if(grouping(moves.to_node) = 0, 'transitions', 'moves') as feature,
    moves.from_node,
    moves.to_node,
    count(*)::double as amount
from sides
inner join moves
    on
        sides.customer_id = moves.customer_id
        and sides.journey_id = moves.journey_id
where moves.part = $part and moves.is_settled
group by
    grouping sets (
        (sides.side, sides.customer_id, moves.from_node, moves.to_node),
        (sides.side, sides.customer_id, moves.from_node)
    )
