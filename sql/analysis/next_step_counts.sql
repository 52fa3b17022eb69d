-- model:  analysis.next_step_counts
-- about:  Where settled visits before the goal went next, by direction: what marts.next_moves picks the commonest of.
-- scope:  sums
-- grain:  one row per (touchpoint, move, next touchpoint)
-- key:    touchpoint_key, move, next_touchpoint_key
-- reads:  core.steps, core.journeys, core.touchpoints
-- column: touchpoint_key      | usmallint | Touchpoint left.
-- column: move                | varchar   | Direction of the step that followed, or 'goal' or 'loss'.
-- column: next_touchpoint_key | usmallint | Touchpoint entered.
-- column: visits              | bigint    | Visits after which it was entered.
-- check:  error | visits > 0 | only moves made are counted

select
    steps.previous_touchpoint_key as touchpoint_key,
    case
        when entered.is_goal then 'goal'
        when entered.is_loss then 'loss'
        else steps.direction
    end as move,
    steps.touchpoint_key as next_touchpoint_key,
    count(*) as visits
from core.steps
inner join core.journeys
    on
        steps.customer_key = journeys.customer_key
        and steps.journey_number = journeys.journey_number
inner join core.touchpoints as entered on steps.touchpoint_key = entered.touchpoint_key
where
    steps.part = 'before'
    and steps.previous_touchpoint_key is not null
    and journeys.is_settled
group by steps.previous_touchpoint_key, move, steps.touchpoint_key
order by steps.previous_touchpoint_key, move, steps.touchpoint_key
