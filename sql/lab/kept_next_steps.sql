-- model:  lab.kept_next_steps
-- about:  How often settled visits before the goal were followed by each move to each touchpoint in each journey, sorted.
-- scope:  global
-- grain:  one row per (touchpoint, move, next touchpoint, journey)
-- key:    touchpoint_key, move, next_touchpoint_key, customer_key, journey_number
-- reads:  core.steps, core.journeys, core.touchpoints
-- params:
-- column: touchpoint_key      | usmallint | Touchpoint left.
-- column: move                | varchar   | Direction of the step that followed, or 'goal' or 'loss'.
-- column: next_touchpoint_key | usmallint | Touchpoint entered.
-- column: customer_key        | integer   | Customer.
-- column: journey_number      | integer   | Journey of the customer.
-- column: visits              | bigint    | Visits after which it followed.

select
    steps.previous_touchpoint_key as touchpoint_key,
    case
        when entered.is_goal then 'goal'
        when entered.is_loss then 'loss'
        else steps.direction
    end as move,
    steps.touchpoint_key as next_touchpoint_key,
    steps.customer_key,
    steps.journey_number,
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
group by steps.previous_touchpoint_key, move, steps.touchpoint_key, steps.customer_key, steps.journey_number
order by steps.previous_touchpoint_key, move, steps.touchpoint_key, steps.customer_key, steps.journey_number
