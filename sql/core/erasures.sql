-- model:  core.erasures
-- about:  Chronological erasure of each journey that returns somewhere before the goal: at a return to a touchpoint the steps since it form one loop and are erased.
-- scope:  customer
-- grain:  one row per journey with a return
-- key:    customer_key, journey_number
-- reads:  core.steps
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: steps          | bigint  | Steps up to the goal.
-- column: path_length    | bigint  | Steps left when all loops are erased.
-- column: path_keys      | usmallint[] | Touchpoints left when all loops are erased: the simple path it walked.
-- column: loops          | struct(walk usmallint[], first_step integer, last_step integer)[] | Erased loops in the order they were closed: touchpoints from the one returned to, the step it was entered by, the step that closed it; of length 1 where a touchpoint followed on itself.

with

looping as (
    select
        customer_key,
        journey_number,
        list(touchpoint_key order by step_number) as touchpoint_keys,
        list(step_number order by step_number) as step_numbers,
        count(*) as steps
    from core.steps
    where part = 'before'
    group by customer_key, journey_number
    having bool_or(is_return)
),

erased as (
    select
        customer_key,
        journey_number,
        steps,
        list_reduce(
            list_transform(
                list_zip(touchpoint_keys, step_numbers),
                lambda step: {
                    path: [step[1]],
                    steps: [step[2]],
                    loops: []::struct(walk usmallint[], first_step integer, last_step integer)[]
                }
            ),
            lambda walked, step: case
                when list_contains(walked.path, step.path[1]) then {
                    path: walked.path[:list_position(walked.path, step.path[1])],
                    steps: walked.steps[:list_position(walked.path, step.path[1]) - 1] || step.steps,
                    loops: list_append(walked.loops, {
                        walk: walked.path[list_position(walked.path, step.path[1]):],
                        first_step: walked.steps[list_position(walked.path, step.path[1])],
                        last_step: step.steps[1]
                    })
                }
                else {
                    path: walked.path || step.path,
                    steps: walked.steps || step.steps,
                    loops: walked.loops
                }
            end
        ) as walked
    from looping
)

select
    customer_key,
    journey_number,
    steps,
    len(walked.path) as path_length,
    walked.path as path_keys,
    walked.loops as loops
from erased
order by customer_key, journey_number
