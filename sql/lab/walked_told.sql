-- model:  lab.walked_told
-- about:  Equal moves of a picture of paths counted together and told, where every touchpoint has its name and paths start with their journeys: no two of them fall together later.
-- scope:  global
-- grain:  one row per move
-- key:    step, is_first, touchpoint, next_touchpoint, returns_next
-- reads:  lab.walks
-- params: columns
-- column: customer_id     | varchar | Null.
-- column: journey_id      | varchar | Null.
-- column: step            | bigint  | Column the steps stand in, counted from 1; 0 for the one before the first.
-- column: is_first        | boolean | Whether the journey began with it.
-- column: touchpoint      | varchar | Touchpoint there.
-- column: next_touchpoint | varchar | The one that came next, '(continues)' right of the last column, or the end the journey came to.
-- column: returns_next    | boolean | Whether the next one had been visited before, false right of the last column; null at an end.
-- column: paths           | bigint  | Paths that made the move.
-- column: settled         | bigint  | Of them, those of settled journeys.
-- column: converted       | bigint  | Of those, converted ones.
-- column: waits           | double[] | Null: they are told.
-- column: wait_seconds    | double[] | Median and 90th percentile of the seconds from leaving it to entering the next; null at an end.

select
    null::varchar as customer_id,
    null::varchar as journey_id,
    step,
    is_first,
    touchpoint,
    if(step = $columns and returns_next is not null, '(continues)', next_touchpoint)
        as next_touchpoint,
    if(step = $columns and returns_next is not null, false, returns_next) as returns_next,
    count(*) as paths,
    count(*) filter (where is_settled) as settled,
    count(*) filter (where is_settled and is_converted) as converted,
    null::double[] as waits,
    quantile_cont(wait_seconds, [0.5, 0.9]) as wait_seconds
from walks
group by all
