-- model:  lab.anchors_end
-- about:  The end of every journey that ended in a given way, as the place after its last step.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  lab.flows
-- params: touchpoint, offset
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: step_number | bigint  | Place that stands in the column of the anchor.
-- column: last_number | bigint  | Step its path ends at; null where it goes to the end of the part.

select
    customer_id,
    journey_id,
    step_number + 1 + $offset as step_number,
    null::bigint as last_number
from flows
where
    returns_next is null
    and next_touchpoint = $touchpoint
    and step_number + 1 + $offset >= 1
