-- model:  lab.walked_together
-- about:  Equal moves of a picture of paths counted together, before names are looked for: they are few.
-- scope:  global
-- grain:  one row per move
-- key:    step, is_first, touchpoint, next_touchpoint, returns_next
-- reads:  lab.walks
-- params:
-- column: customer_id     | varchar | Null.
-- column: journey_id      | varchar | Null.
-- column: step            | bigint  | Column the steps stand in, counted from 1; 0 for the one before the first.
-- column: is_first        | boolean | Whether the journey began with it.
-- column: touchpoint      | varchar | Touchpoint there.
-- column: next_touchpoint | varchar | The one that came next, or the end the journey came to.
-- column: returns_next    | boolean | Whether the next one had been visited before; null at an end.
-- column: paths           | bigint  | Paths that made the move.
-- column: settled         | bigint  | Of them, those of settled journeys.
-- column: converted       | bigint  | Of those, converted ones.
-- column: waits           | double[] | Seconds from leaving it to entering the next.
-- column: wait_seconds    | double[] | Null: moves are told together later.

select
    null::varchar as customer_id,
    null::varchar as journey_id,
    step,
    is_first,
    touchpoint,
    next_touchpoint,
    returns_next,
    count(*) as paths,
    count(*) filter (where is_settled) as settled,
    count(*) filter (where is_settled and is_converted) as converted,
    list(wait_seconds) filter (where wait_seconds is not null) as waits,
    null::double[] as wait_seconds
from walks
group by step, is_first, touchpoint, next_touchpoint, returns_next
