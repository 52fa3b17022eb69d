-- model:  lab.path_moves
-- about:  Paths laid side by side at their anchors: for each path the move out of each column, busiest touchpoints of a column named and the rest merged.
-- scope:  global
-- grain:  one row per path and column
-- key:    customer_id, journey_id, anchor_number, step
-- reads:  lab.walks
-- params: first_step, last_step, columns, top
-- column: customer_id     | varchar | Customer.
-- column: journey_id      | varchar | Journey.
-- column: anchor_number   | bigint  | Step of the journey that stands in the column of the anchor.
-- column: step            | bigint  | Column the move leaves, counted from 1; 0 for the move into the first.
-- column: from_touchpoint | varchar | Touchpoint there, '(other)', '(start)' before the journey began, '(continues)' left of the first column, or the end it came to before.
-- column: to_touchpoint   | varchar | Touchpoint of the next column, '(other)', '(start)', an end, or '(continues)' right of the last column.
-- column: is_return       | boolean | Whether the touchpoint entered already occurred in this part of the journey.
-- column: wait_seconds    | double  | From leaving one to entering the other; null where nobody moved.
-- column: is_settled      | boolean | Whether the journey is settled.
-- column: is_converted    | boolean | Whether it converted.

with

named as (
    select
        step,
        touchpoint
    from walks
    where step >= 1
    group by step, touchpoint
    qualify row_number() over (partition by step order by count(*) desc, touchpoint) <= $top
),

laid as (
    select
        walks.customer_id,
        walks.journey_id,
        walks.anchor_number,
        walks.step,
        if(walks.step = 0, '(continues)', coalesce(named.touchpoint, '(other)')) as from_touchpoint,
        case
            when walks.returns_next is null then walks.next_touchpoint
            when walks.step = $columns then '(continues)'
            else coalesce(next_named.touchpoint, '(other)')
        end as to_touchpoint,
        walks.step < $columns and coalesce(walks.returns_next, false) as is_return,
        walks.wait_seconds,
        walks.is_settled,
        walks.is_converted
    from walks
    left join named on walks.step = named.step and walks.touchpoint = named.touchpoint
    left join named as next_named
        on walks.step + 1 = next_named.step and walks.next_touchpoint = next_named.touchpoint
    union all
    select
        customer_id,
        journey_id,
        anchor_number,
        unnest(range(step + 1, $last_step + 1)) as step,
        next_touchpoint as from_touchpoint,
        next_touchpoint as to_touchpoint,
        false as is_return,
        null as wait_seconds,
        is_settled,
        is_converted
    from walks
    where returns_next is null
    union all
    select
        walks.customer_id,
        walks.journey_id,
        walks.anchor_number,
        unnest(range($first_step, walks.step)) as step,
        '(start)' as from_touchpoint,
        unnest(list_transform(
            range($first_step, walks.step),
            lambda place: if(
                place + 1 < walks.step, '(start)', coalesce(named.touchpoint, '(other)')
            )
        )) as to_touchpoint,
        false as is_return,
        null as wait_seconds,
        walks.is_settled,
        walks.is_converted
    from walks
    left join named on walks.step = named.step and walks.touchpoint = named.touchpoint
    where walks.is_first
)

select
    customer_id,
    journey_id,
    anchor_number,
    step,
    from_touchpoint,
    to_touchpoint,
    is_return,
    wait_seconds,
    is_settled,
    is_converted
from laid
where step between $first_step and $last_step
