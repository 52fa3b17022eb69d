-- model:  lab.node_features
-- about:  Visits of settled journeys, added up for each and each touchpoint.
-- scope:  global
-- grain:  one row per journey and feature
-- key:    row_number, feature, from_node
-- reads:  lab.moves, marts.journeys
-- params: part
-- column: row_number    | bigint  | Where the journey stands in the snapshot.
-- column: customer_hash | ubigint | 64 bits of a hash of customer_id.
-- column: feature       | varchar | 'visits', 'returns', 'exits' and 'reached' of a touchpoint; 'journeys' of the journey itself.
-- column: from_node     | varchar | Touchpoint; null for 'journeys'.
-- column: to_node       | varchar | Always null.
-- column: amount        | double  | Sum over the journey.

with

visits as (
    select
        customer_id,
        journey_id,
        to_node as node,
        count(*)::double as visits,
        count(*) filter (where is_return)::double as returns,
        0::double as exits,
        1::double as reached
    from moves
    where part = $part and is_settled and is_step
    group by customer_id, journey_id, to_node
    union all
    select
        customer_id,
        journey_id,
        from_node as node,
        0 as visits,
        0 as returns,
        1 as exits,
        0 as reached
    from moves
    where part = $part and is_settled and to_node = '(dropped)'
    union all
    select
        customer_id,
        journey_id,
        null as node,
        1 as visits,
        0 as returns,
        0 as exits,
        0 as reached
    from journeys
    where is_settled and if($part = 'before', outcome != 'service', outcome = 'converted')
),

features as (
    from visits
    unpivot (amount for feature in (visits, returns, exits, reached))
)

select
    journeys.rowid as row_number,
    md5_number_lower(features.customer_id) as customer_hash,
    if(features.node is null, 'journeys', features.feature) as feature,
    features.node as from_node,
    null::varchar as to_node,
    features.amount
from features
inner join main.journeys
    on
        features.customer_id = journeys.customer_id
        and features.journey_id = journeys.journey_id
where features.amount > 0
