-- model:  lab.moves
-- about:  Every move of journeys but service ones in the published tables: from the start over the steps to the outcome, and on through after-care.
-- scope:  global
-- grain:  one row per move
-- key:    customer_id, journey_id, part, move_number
-- reads:  marts.step_flows, marts.journeys
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: part        | varchar | 'before' or 'after' the goal.
-- column: move_number | bigint  | Step it leaves; 0 for the move into the part.
-- column: from_node   | varchar | Touchpoint left, or '(start)', '(converted)'.
-- column: to_node     | varchar | Touchpoint entered, or '(converted)', '(dropped)', '(open)', '(end)'.
-- column: is_return   | boolean | Whether the touchpoint entered already occurred in this part.
-- column: is_step     | boolean | Whether a step is entered; false into the nodes where journeys end.
-- column: is_settled  | boolean | Whether the journey is settled.

select
    customer_id,
    journey_id,
    part,
    step_number as move_number,
    touchpoint as from_node,
    next_touchpoint as to_node,
    coalesce(returns_next, false) as is_return,
    returns_next is not null as is_step,
    is_settled
from step_flows
union all
select
    customer_id,
    journey_id,
    part,
    0 as move_number,
    if(part = 'before', '(start)', '(converted)') as from_node,
    min_by(touchpoint, step_number) as to_node,
    false as is_return,
    true as is_step,
    any_value(is_settled) as is_settled
from step_flows
group by customer_id, journey_id, part
union all
select
    customer_id,
    journey_id,
    'after' as part,
    0 as move_number,
    '(converted)' as from_node,
    '(end)' as to_node,
    false as is_return,
    false as is_step,
    is_settled
from journeys
where outcome = 'converted' and steps_after = 0
