-- model:  lab.walked_apart
-- about:  Moves of a picture of paths, each with its journey.
-- scope:  global
-- grain:  one row per path and step
-- key:
-- reads:  lab.walks
-- params:
-- column: customer_id     | varchar | Customer.
-- column: journey_id      | varchar | Journey.
-- column: step            | bigint  | Column the steps stand in, counted from 1; 0 for the one before the first.
-- column: is_first        | boolean | Whether the journey began with it.
-- column: touchpoint      | varchar | Touchpoint there.
-- column: next_touchpoint | varchar | The one that came next, or the end the journey came to.
-- column: returns_next    | boolean | Whether the next one had been visited before; null at an end.
-- column: paths           | bigint  | Always 1.
-- column: settled         | bigint  | 1 where the journey is settled, else 0.
-- column: converted       | bigint  | 1 where it is settled and converted, else 0.
-- column: waits           | double[] | Seconds from leaving it to entering the next.
-- column: wait_seconds    | double[] | Null: moves are told together later.

select
    customer_id,
    journey_id,
    step,
    is_first,
    touchpoint,
    next_touchpoint,
    returns_next,
    1 as paths,
    is_settled::bigint as settled,
    (is_settled and is_converted)::bigint as converted,
    if(wait_seconds is null, null, [wait_seconds]) as waits,
    null::double[] as wait_seconds
from walks
