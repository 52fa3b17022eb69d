-- model:  lab.node_features
-- about:  Visits of settled journeys in two groups, added up for each customer and touchpoint.
-- scope:  global
-- grain:  one row per side, customer and feature
-- key:    side, customer_hash, feature, from_node
-- reads:  lab.sides, lab.moves, marts.journeys
-- params: part
-- column: side          | varchar | 'a' or 'b'.
-- column: customer_hash | ubigint | 64 bits of a hash of customer_id.
-- column: feature       | varchar | 'visits', 'returns', 'exits' and 'reached' (journeys) of a touchpoint; 'journeys' of the customer.
-- column: from_node     | varchar | Touchpoint; null for 'journeys'.
-- column: to_node       | varchar | Always null.
-- column: amount        | double  | Sum over the customer's journeys on the side.

with

visits as (
    select
        sides.side,
        sides.customer_id,
        sides.journey_id,
        moves.to_node as node,
        count(*) as visits,
        count(*) filter (where moves.is_return) as returns,
        0 as exits,
        1 as reached
    from sides
    inner join moves
        on
            sides.customer_id = moves.customer_id
            and sides.journey_id = moves.journey_id
    where moves.part = $part and moves.is_settled and moves.is_step
    group by sides.side, sides.customer_id, sides.journey_id, moves.to_node
    union all
    select
        sides.side,
        sides.customer_id,
        sides.journey_id,
        moves.from_node as node,
        0 as visits,
        0 as returns,
        1 as exits,
        0 as reached
    from sides
    inner join moves
        on
            sides.customer_id = moves.customer_id
            and sides.journey_id = moves.journey_id
    where moves.part = $part and moves.is_settled and moves.to_node = '(dropped)'
),

by_customer as (
    select
        side,
        customer_id,
        node,
        sum(visits)::double as visits,
        sum(returns)::double as returns,
        sum(exits)::double as exits,
        sum(reached)::double as reached
    from visits
    group by side, customer_id, node
),

features as (
    from by_customer
    unpivot (amount for feature in (visits, returns, exits, reached))
),

totals as (
    select
        sides.side,
        sides.customer_id,
        count(*)::double as amount
    from sides
    inner join main.journeys
        on
            sides.customer_id = journeys.customer_id
            and sides.journey_id = journeys.journey_id
    where
        journeys.is_settled
        and if($part = 'before', journeys.outcome != 'service', journeys.outcome = 'converted')
    group by sides.side, sides.customer_id
)

select
    side,
    md5_number_lower(customer_id) as customer_hash,
    feature,
    node as from_node,
    null::varchar as to_node,
    amount
from features
where amount > 0
union all
select
    side,
    md5_number_lower(customer_id) as customer_hash,
    'journeys' as feature,
    null as from_node,
    null as to_node,
    amount
from totals
