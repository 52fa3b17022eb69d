-- model:  lab.anchors_touchpoint
-- about:  Steps at a touchpoint where paths are held: each customer's or journey's first or last, or all.
-- scope:  global
-- grain:  one row per path
-- key:    customer_id, journey_id, step_number
-- reads:  lab.flows
-- params: touchpoint, occurrence, is_by_journey
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: step_number | bigint  | Step that stands in the column of the anchor.
-- column: last_number | bigint  | Step its path ends at; null where it goes to the end of the part.

with

occurrences as (
    select
        customer_id,
        journey_id,
        step_number,
        row_number() over (
            partition by customer_id, if($is_by_journey, journey_id, null)
            order by entered_at, journey_id, step_number
        ) as place,
        row_number() over (
            partition by customer_id, if($is_by_journey, journey_id, null)
            order by entered_at desc, journey_id desc, step_number desc
        ) as place_from_last
    from flows
    where touchpoint = $touchpoint
)

select
    customer_id,
    journey_id,
    step_number,
    null::bigint as last_number
from occurrences
where
    $occurrence = 'all'
    or ($occurrence = 'first' and place = 1)
    or ($occurrence = 'last' and place_from_last = 1)
