-- model:  lab.anchors_between
-- about:  Steps at a touchpoint, or as many steps off it, after which the journey came to another one: each customer's or journey's first or last, or all.
-- scope:  global
-- grain:  one row per path
-- key:    customer_id, journey_id, step_number
-- reads:  lab.flows
-- params: touchpoint, end_touchpoint, occurrence, is_by_journey, offset
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: step_number | bigint  | Step that stands in the column of the anchor.
-- column: last_number | bigint  | First step at the other touchpoint after the anchor, where the path ends.

with

ahead as (
    select
        customer_id,
        journey_id,
        step_number,
        touchpoint,
        entered_at,
        min(step_number) filter (where touchpoint = $end_touchpoint) over (
            partition by customer_id, journey_id order by step_number
            rows between 1 following and unbounded following
        ) as last_number
    from flows
),

occurrences as (
    select
        customer_id,
        journey_id,
        step_number,
        last_number,
        row_number() over (
            partition by customer_id, if($is_by_journey, journey_id, null)
            order by entered_at, journey_id, step_number
        ) as place,
        row_number() over (
            partition by customer_id, if($is_by_journey, journey_id, null)
            order by entered_at desc, journey_id desc, step_number desc
        ) as place_from_last
    from ahead
    where touchpoint = $touchpoint and last_number is not null
)

select
    customer_id,
    journey_id,
    step_number + $offset as step_number,
    last_number
from occurrences
where
    step_number + $offset between 1 and last_number
    and (
        $occurrence = 'all'
        or ($occurrence = 'first' and place = 1)
        or ($occurrence = 'last' and place_from_last = 1)
    )
