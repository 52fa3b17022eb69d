-- model:  analysis.move_chances
-- about:  Chance to convert after leaving a touchpoint in each way, over settled journeys.
-- scope:  global
-- grain:  one row per (touchpoint, cause)
-- key:    touchpoint_key, cause
-- reads:  analysis.stay_moves, core.touchpoints, analysis.chain
-- column: touchpoint_key | usmallint | Touchpoint left.
-- column: cause          | varchar   | What ended the stay: 'goal', 'advance', 'stay', 'back' or 'lateral'.
-- column: p_convert      | double    | Mean chance to convert at the touchpoints entered so; 1 for the goal.
-- check:  error | p_convert between 0 and 1 + 1e-9 | a chance lies in [0, 1]

select
    moves.touchpoint_key,
    moves.cause,
    sum(
        moves.stays * if(entered.is_goal, 1, coalesce(chain.p_convert, 0))
        order by moves.next_key
    ) / sum(moves.stays) as p_convert
from analysis.stay_moves as moves
inner join core.touchpoints as entered on moves.next_key = entered.touchpoint_key
left join analysis.chain on entered.touchpoint = chain.node
group by moves.touchpoint_key, moves.cause
order by moves.touchpoint_key, moves.cause
