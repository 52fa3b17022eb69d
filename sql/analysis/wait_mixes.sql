-- model:  analysis.wait_mixes
-- about:  Where settled visits before the goal led after a wait above the reference of slow bottlenecks, and after one at or below it.
-- scope:  sums
-- grain:  one row per (touchpoint, next touchpoint) of touchpoints with a reference
-- key:    touchpoint, next_touchpoint
-- reads:  analysis.customer_moves, core.touchpoints
-- column: touchpoint      | varchar | Touchpoint left.
-- column: next_touchpoint | varchar | Touchpoint entered next.
-- column: slow_moves      | bigint  | Moves after a wait above the reference.
-- column: other_moves     | bigint  | Moves after a wait at or below it.

select
    touchpoints.touchpoint,
    nexts.touchpoint as next_touchpoint,
    coalesce(sum(moves.transitions) filter (where moves.is_slow), 0)::bigint as slow_moves,
    coalesce(sum(moves.transitions) filter (where not moves.is_slow), 0)::bigint as other_moves
from analysis.customer_moves as moves
inner join core.touchpoints on moves.from_key = touchpoints.touchpoint_key
inner join core.touchpoints as nexts on moves.to_key = nexts.touchpoint_key
where moves.is_slow is not null
group by touchpoints.touchpoint, nexts.touchpoint
order by touchpoints.touchpoint, nexts.touchpoint
