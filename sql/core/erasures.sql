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

-- The steps before the goal are numbered from 1, so a place in the list is a step's number.
looping as (
    select
        customer_key,
        journey_number,
        list(touchpoint_key order by step_number) as touchpoint_keys,
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
        touchpoint_keys,
        list_reduce(
            touchpoint_keys,
            lambda walked, code, place: case
                when list_contains(walked.path, code) then {
                    path: walked.path[:list_position(walked.path, code)],
                    loops: list_append(walked.loops, {
                        walk: walked.path[list_position(walked.path, code):],
                        last_step: place::integer
                    })
                }
                else { path: list_append(walked.path, code), loops: walked.loops }
            end,
            {
                path: []::usmallint[],
                loops: []::struct(walk usmallint[], last_step integer)[]
            }
        ) as walked
    from looping
)

-- What stands in the path was entered by its last visit: the one before the step that closes a loop.
select
    customer_key,
    journey_number,
    steps,
    len(walked.path) as path_length,
    walked.path as path_keys,
    list_transform(
        walked.loops,
        lambda closed: {
            walk: closed.walk,
            first_step: (
                closed.last_step - list_position(
                    list_reverse(touchpoint_keys[:closed.last_step - 1]), closed.walk[1]
                )
            )::integer,
            last_step: closed.last_step
        }
    ) as loops
from erased
order by customer_key, journey_number
