-- model:  lab.edge_features
-- about:  Moves of settled journeys, added up for each.
-- scope:  global
-- grain:  one row per journey and feature
-- key:    row_number, feature, from_node, to_node
-- reads:  lab.moves, marts.journeys
-- params: part
-- column: row_number    | bigint  | Where the journey stands in the snapshot.
-- column: customer_hash | ubigint | 64 bits of a hash of customer_id.
-- column: feature       | varchar | 'transitions' of an edge, 'moves' out of a node.
-- column: from_node     | varchar | Node left.
-- column: to_node       | varchar | Node entered; null for all of them.
-- column: amount        | double  | Sum over the journey.

select
    journeys.rowid as row_number,
    md5_number_lower(moves.customer_id) as customer_hash,
    if(grouping(moves.to_node) = 0, 'transitions', 'moves') as feature,
    moves.from_node,
    moves.to_node,
    count(*)::double as amount
from moves
inner join main.journeys
    on
        moves.customer_id = journeys.customer_id
        and moves.journey_id = journeys.journey_id
where moves.part = $part and moves.is_settled
group by
    grouping sets (
        (journeys.rowid, moves.customer_id, moves.from_node, moves.to_node),
        (journeys.rowid, moves.customer_id, moves.from_node)
    )
