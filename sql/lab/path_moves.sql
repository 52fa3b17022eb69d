-- model:  lab.path_moves
-- about:  Paths laid side by side at their anchors: for each path, or for equal ones together, the move out of each column, busiest touchpoints of a column named and the rest merged.
-- scope:  global
-- grain:  one row per path and column, or per move and column
-- key:
-- reads:  lab.walked
-- params: first_step, last_step, columns, top
-- column: customer_id     | varchar | Customer; null where equal moves are counted.
-- column: journey_id      | varchar | Journey; null where equal moves are counted.
-- column: step            | bigint  | Column the move leaves, counted from 1; 0 for the move into the first.
-- column: from_touchpoint | varchar | Touchpoint there, '(other)', '(start)' before the journey began, '(continues)' left of the first column, or the end it came to before.
-- column: to_touchpoint   | varchar | Touchpoint of the next column, '(other)', '(start)', an end, or '(continues)' right of the last column.
-- column: is_return       | boolean | Whether the touchpoint entered already occurred in this part of the journey.
-- column: paths           | bigint  | Paths that made the move.
-- column: settled         | bigint  | Of them, those of settled journeys.
-- column: converted       | bigint  | Of those, converted ones.
-- column: waits           | double[] | Seconds from leaving one to entering the other; null where nobody moved or they are told.
-- column: wait_seconds    | double[] | Their median and 90th percentile where they are told already, else null.

with

named as (
    select
        step,
        touchpoint
    from walked
    where step >= 1
    group by step, touchpoint
    qualify row_number() over (partition by step order by sum(paths) desc, touchpoint) <= $top
),

laid as (
    select
        walked.customer_id,
        walked.journey_id,
        walked.step,
        if(walked.step = 0, '(continues)', coalesce(named.touchpoint, '(other)')) as from_touchpoint,
        case
            when walked.returns_next is null then walked.next_touchpoint
            when walked.step = $columns then '(continues)'
            else coalesce(next_named.touchpoint, '(other)')
        end as to_touchpoint,
        walked.step < $columns and coalesce(walked.returns_next, false) as is_return,
        walked.paths,
        walked.settled,
        walked.converted,
        walked.waits,
        walked.wait_seconds
    from walked
    left join named on walked.step = named.step and walked.touchpoint = named.touchpoint
    left join named as next_named
        on walked.step + 1 = next_named.step and walked.next_touchpoint = next_named.touchpoint
    union all
    select
        customer_id,
        journey_id,
        unnest(range(step + 1, $last_step + 1)) as step,
        next_touchpoint as from_touchpoint,
        next_touchpoint as to_touchpoint,
        false as is_return,
        paths,
        settled,
        converted,
        null as waits,
        null as wait_seconds
    from walked
    where returns_next is null
    union all
    select
        walked.customer_id,
        walked.journey_id,
        unnest(range($first_step, walked.step)) as step,
        '(start)' as from_touchpoint,
        unnest(list_transform(
            range($first_step, walked.step),
            lambda place: if(
                place + 1 < walked.step, '(start)', coalesce(named.touchpoint, '(other)')
            )
        )) as to_touchpoint,
        false as is_return,
        walked.paths,
        walked.settled,
        walked.converted,
        null as waits,
        null as wait_seconds
    from walked
    left join named on walked.step = named.step and walked.touchpoint = named.touchpoint
    where walked.is_first
)

select
    customer_id,
    journey_id,
    step,
    from_touchpoint,
    to_touchpoint,
    is_return,
    paths,
    settled,
    converted,
    waits,
    wait_seconds
from laid
where step between $first_step and $last_step
