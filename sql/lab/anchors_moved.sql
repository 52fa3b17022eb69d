-- model:  lab.anchors_moved
-- about:  Steps as many steps off others as told; of journeys without such a step there is none.
-- scope:  global
-- grain:  one row per path
-- key:    customer_id, journey_id, step_number
-- reads:  lab.flows, lab.anchors_touchpoint
-- params: offset
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: step_number | bigint  | Step that stands in the column of the anchor.
-- column: last_number | bigint  | Step its path ends at; null where it goes to the end of the part.

select
    flows.customer_id,
    flows.journey_id,
    flows.step_number,
    anchors_touchpoint.last_number
from flows
inner join anchors_touchpoint
    on
        flows.customer_id = anchors_touchpoint.customer_id
        and flows.journey_id = anchors_touchpoint.journey_id
        and flows.step_number = anchors_touchpoint.step_number + $offset
