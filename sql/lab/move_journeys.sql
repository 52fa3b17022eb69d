-- model:  lab.move_journeys
-- about:  Settled journeys that left a touchpoint before the goal by one kind of move, as marts.next_moves has them.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.step_flows, marts.steps, marts.touchpoints
-- params: touchpoint, move
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | Visits followed by it.

with

moved as (
    select
        step_flows.customer_id,
        step_flows.journey_id,
        case
            when step_flows.next_touchpoint = '(dropped)' then 'dropped'
            when entered.is_goal then 'goal'
            when entered.is_loss then 'loss'
            else steps.direction
        end as move
    from step_flows
    left join steps
        on
            step_flows.customer_id = steps.customer_id
            and step_flows.journey_id = steps.journey_id
            and step_flows.step_number + 1 = steps.step_number
            and steps.part = 'before'
    left join touchpoints as entered on steps.touchpoint = entered.touchpoint
    where
        step_flows.part = 'before'
        and step_flows.is_settled
        and step_flows.touchpoint = $touchpoint
)

select
    customer_id,
    journey_id,
    count(*) as occurrences
from moved
where move = $move
group by customer_id, journey_id
