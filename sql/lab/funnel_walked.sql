-- model:  lab.funnel_walked
-- about:  Attempts of journeys or sessions, each with its customer.
-- scope:  global
-- grain:  one row per attempt
-- key:    unit_id, attempt_number
-- reads:  lab.funnel_attempts, lab.funnel_touches
-- params:
-- column: customer_id    | varchar  | Customer.
-- column: unit_id        | varchar  | Journey or session.
-- column: attempt_number | bigint   | Attempt of the unit, counted from 1.
-- column: places         | bigint[] | Place of the event of each step; null for a step left out.
-- column: instants       | bigint[] | When each was, in microseconds since 1970; null for a step left out.

select
    touches.customer_id,
    attempts.unit_id,
    attempts.attempt_number,
    attempts.places,
    attempts.instants
from funnel_attempts as attempts
inner join funnel_touches as touches
    on attempts.unit_id = touches.unit_id and attempts.places[1] = touches.place
