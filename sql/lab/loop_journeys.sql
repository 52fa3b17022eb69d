-- model:  lab.loop_journeys
-- about:  Journeys that walked a loop before the goal, by the erasure that core.erasures describes.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.step_flows
-- params: entered_touchpoint, touchpoints
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | Times they walked it.

with

looping as (
    select
        customer_id,
        journey_id,
        list(touchpoint order by step_number) as touchpoints
    from step_flows
    where part = 'before'
    group by customer_id, journey_id
    having bool_or(is_return) and bool_or(touchpoint = $entered_touchpoint)
),

erased as (
    select
        customer_id,
        journey_id,
        list_reduce(
            list_transform(
                touchpoints, lambda touchpoint: {path: [touchpoint], loops: []::varchar[][]}
            ),
            lambda walked, step: case
                when list_contains(walked.path, step.path[1]) then {
                    path: list_slice(walked.path, 1, list_position(walked.path, step.path[1])),
                    loops: list_append(walked.loops, list_slice(
                        walked.path, list_position(walked.path, step.path[1]), len(walked.path)
                    ))
                }
                else {path: list_concat(walked.path, step.path), loops: walked.loops}
            end
        ) as walked
    from looping
),

counted as (
    select
        customer_id,
        journey_id,
        len(list_filter(walked.loops, lambda walk: list_contains(
            list_transform(range(len(walk)), lambda turn: list_concat(
                list_slice(walk, turn + 1, len(walk)), list_slice(walk, 1, turn)
            )),
            $touchpoints::varchar[]
        ))) as occurrences
    from erased
)

select
    customer_id,
    journey_id,
    occurrences
from counted
where occurrences > 0
