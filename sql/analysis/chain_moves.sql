-- model:  analysis.chain_moves
-- about:  How often settled journeys moved on before the goal, told apart by the step before: the moves of the second-order chain.
-- scope:  sums
-- grain:  one row per (previous_node, from_node, to_node)
-- key:    previous_node, from_node, to_node
-- reads:  analysis.customer_moves, core.touchpoints
-- column: previous_node | varchar | Touchpoint before the one left; (start) where the journey began with that.
-- column: from_node     | varchar | Touchpoint left.
-- column: to_node       | varchar | Touchpoint entered next, (converted) or (dropped).
-- column: transitions   | bigint  | Times made.

with

moves as (
    select
        previous_key,
        from_key,
        to_key,
        is_converted,
        sum(transitions)::bigint as transitions
    from analysis.customer_moves
    group by previous_key, from_key, to_key, is_converted
)

select
    coalesce(before.touchpoint, '(start)') as previous_node,
    left_one.touchpoint as from_node,
    coalesce(entered.touchpoint, if(moves.is_converted, '(converted)', '(dropped)')) as to_node,
    moves.transitions
from moves
inner join core.touchpoints as left_one on moves.from_key = left_one.touchpoint_key
left join core.touchpoints as before on moves.previous_key = before.touchpoint_key
left join core.touchpoints as entered on moves.to_key = entered.touchpoint_key
order by previous_node, from_node, to_node
