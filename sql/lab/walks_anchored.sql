-- model:  lab.walks_anchored
-- about:  The steps of a picture of paths that are held at anchors: each path's steps in their columns.
-- scope:  global
-- grain:  one row per path and step
-- key:    customer_id, journey_id, anchor_number, step
-- reads:  lab.flows, lab.anchors
-- params: anchor_column, first_step, columns
-- column: customer_id     | varchar | Customer.
-- column: journey_id      | varchar | Journey.
-- column: anchor_number   | bigint  | Step of the journey that stands in the column of the anchor.
-- column: step            | bigint  | Column the step stands in, counted from 1; 0 for the one before the first.
-- column: is_first        | boolean | Whether the journey began with it.
-- column: touchpoint      | varchar | Touchpoint there.
-- column: next_touchpoint | varchar | The one that came next, or the end the journey came to.
-- column: returns_next    | boolean | Whether the next one had been visited before; null at an end.
-- column: wait_seconds    | double  | From leaving it to entering the next; null at an end.
-- column: is_settled      | boolean | Whether the journey is settled.
-- column: is_converted    | boolean | Whether it converted.

select
    flows.customer_id,
    flows.journey_id,
    anchors.step_number as anchor_number,
    flows.step_number - anchors.step_number + $anchor_column as step,
    flows.step_number = 1 as is_first,
    flows.touchpoint,
    if(flows.step_number = anchors.last_number, '(reached)', flows.next_touchpoint)
        as next_touchpoint,
    if(flows.step_number = anchors.last_number, null, flows.returns_next) as returns_next,
    if(flows.step_number = anchors.last_number, null, flows.next_wait_seconds) as wait_seconds,
    flows.is_settled,
    flows.is_converted
from flows
inner join anchors
    on
        flows.customer_id = anchors.customer_id
        and flows.journey_id = anchors.journey_id
where
    flows.step_number - anchors.step_number + $anchor_column between $first_step and $columns
    and (anchors.last_number is null or flows.step_number <= anchors.last_number)
