-- model:  lab.weekly_moves
-- about:  Moves of settled journeys by the week in which the journey started, Mondays in UTC.
-- scope:  global
-- grain:  one row per (week, move)
-- key:    week_start_date, from_node, to_node
-- reads:  lab.moves, marts.journeys
-- params: part
-- column: week_start_date | date    | Monday.
-- column: from_node       | varchar | Node left.
-- column: to_node         | varchar | Node entered.
-- column: transitions     | bigint  | Moves.

select
    date_trunc('week', journeys.started_at)::date as week_start_date,
    moves.from_node,
    moves.to_node,
    count(*) as transitions
from moves
inner join journeys
    on
        moves.customer_id = journeys.customer_id
        and moves.journey_id = journeys.journey_id
where moves.part = $part and moves.is_settled and journeys.outcome != 'service'
group by week_start_date, moves.from_node, moves.to_node
