-- model:  lab.between_pairs
-- about:  Each time from a visit to one touchpoint to the next visit of another.
-- scope:  global
-- grain:  one row per time
-- key:    customer_id, journey_id, step_number
-- reads:  lab.timed_flows, lab.anchors
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: step_number | bigint  | Step the time begins at.
-- column: seconds     | double  | From leaving it to entering the other.

select
    anchors.customer_id,
    anchors.journey_id,
    anchors.step_number,
    (epoch_us(reached.entered_at) - epoch_us(timed_flows.left_at)) / 1e6 as seconds
from anchors
inner join timed_flows
    on
        anchors.customer_id = timed_flows.customer_id
        and anchors.journey_id = timed_flows.journey_id
        and anchors.step_number = timed_flows.step_number
inner join timed_flows as reached
    on
        anchors.customer_id = reached.customer_id
        and anchors.journey_id = reached.journey_id
        and anchors.last_number = reached.step_number
