-- model:  lab.last_steps_journeys
-- about:  Settled dropped journeys that ended at a touchpoint by given last steps, three or all there were.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.step_flows
-- params: touchpoint, path
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | 1: a journey ends once.

with

endings as (
    select
        customer_id,
        journey_id,
        touchpoint,
        next_touchpoint,
        is_settled,
        lag(touchpoint) over in_order as previous_touchpoint,
        lag(touchpoint, 2) over in_order as third_touchpoint
    from step_flows
    where part = 'before'
    window in_order as (partition by customer_id, journey_id order by step_number)
)

select
    customer_id,
    journey_id,
    1 as occurrences
from endings
where
    next_touchpoint = '(dropped)'
    and is_settled
    and touchpoint = $touchpoint
    and concat_ws(' -> ', third_touchpoint, previous_touchpoint, touchpoint) = $path
