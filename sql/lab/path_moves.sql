-- model:  lab.path_moves
-- about:  Paths laid side by side at their anchors: for each path the move out of each column, busiest touchpoints of a column named and the rest merged.
-- scope:  global
-- grain:  one row per path and column
-- key:    customer_id, journey_id, anchor_number, step
-- reads:  lab.flows, lab.anchors
-- params: anchor_column, first_step, last_step, columns, top
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

walked as (
    select
        flows.customer_id,
        flows.journey_id,
        anchors.step_number as anchor_number,
        flows.step_number - anchors.step_number + $anchor_column as step,
        flows.step_number = 1 as is_first,
        flows.touchpoint,
        if(flows.step_number = anchors.last_number, '(reached)', flows.next_touchpoint)
            as next_touchpoint,
        if(flows.step_number = anchors.last_number, null, flows.returns_next) as returns_next,
        if(flows.step_number = anchors.last_number, null, flows.next_wait_seconds) as wait_seconds,
        flows.is_settled,
        flows.is_converted
    from flows
    inner join anchors
        on
            flows.customer_id = anchors.customer_id
            and flows.journey_id = anchors.journey_id
    where
        flows.step_number - anchors.step_number + $anchor_column between $first_step and $columns
        and (anchors.last_number is null or flows.step_number <= anchors.last_number)
),

named as (
    select
        step,
        touchpoint
    from walked
    where step >= 1
    group by step, touchpoint
    qualify row_number() over (partition by step order by count(*) desc, touchpoint) <= $top
),

laid as (
    select
        walked.customer_id,
        walked.journey_id,
        walked.anchor_number,
        walked.step,
        if(walked.step = 0, '(continues)', coalesce(named.touchpoint, '(other)')) as from_touchpoint,
        case
            when walked.returns_next is null then walked.next_touchpoint
            when walked.step = $columns then '(continues)'
            else coalesce(next_named.touchpoint, '(other)')
        end as to_touchpoint,
        walked.step < $columns and coalesce(walked.returns_next, false) as is_return,
        walked.wait_seconds,
        walked.is_settled,
        walked.is_converted
    from walked
    left join named on walked.step = named.step and walked.touchpoint = named.touchpoint
    left join named as next_named
        on walked.step + 1 = next_named.step and walked.next_touchpoint = next_named.touchpoint
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
    from walked
    where returns_next is null
    union all
    select
        walked.customer_id,
        walked.journey_id,
        walked.anchor_number,
        unnest(range($first_step, walked.step)) as step,
        '(start)' as from_touchpoint,
        unnest(list_transform(
            range($first_step, walked.step),
            lambda place: if(
                place + 1 < walked.step, '(start)', coalesce(named.touchpoint, '(other)')
            )
        )) as to_touchpoint,
        false as is_return,
        null as wait_seconds,
        walked.is_settled,
        walked.is_converted
    from walked
    left join named on walked.step = named.step and walked.touchpoint = named.touchpoint
    where walked.is_first
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
