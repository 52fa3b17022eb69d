-- model:  lab.anchors_every
-- about:  The first step of every journey, for paths that are held at no touchpoint.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  lab.flows
-- params: offset
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: step_number | bigint  | Step that stands in the column of the anchor.
-- column: last_number | bigint  | Step its path ends at; null where it goes to the end of the part.

select
    customer_id,
    journey_id,
    step_number,
    null::bigint as last_number
from flows
where step_number = 1 + $offset
