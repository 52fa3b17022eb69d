-- model:  lab.pair_journeys
-- about:  Journeys that went to and fro between two touchpoints before the goal (A, B, A).
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.step_flows
-- params: touchpoint, other_touchpoint
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | Steps of the form A, B, A.

with

turns as (
    select
        customer_id,
        journey_id,
        touchpoint,
        lag(touchpoint) over in_order as previous_touchpoint,
        lag(touchpoint, 2) over in_order as third_touchpoint
    from step_flows
    where part = 'before'
    window in_order as (partition by customer_id, journey_id order by step_number)
)

select
    customer_id,
    journey_id,
    count(*) as occurrences
from turns
where
    touchpoint = third_touchpoint
    and (
        (touchpoint = $touchpoint and previous_touchpoint = $other_touchpoint)
        or (touchpoint = $other_touchpoint and previous_touchpoint = $touchpoint)
    )
group by customer_id, journey_id
