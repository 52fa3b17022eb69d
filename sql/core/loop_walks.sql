-- model:  core.loop_walks
-- about:  Loops actually walked before the goal, by chronological erasure: at a return to a touchpoint the steps since it form one loop, are counted once and erased.
-- scope:  customer
-- grain:  one row per walked loop of two touchpoints or more
-- key:    customer_key, journey_number, last_step_number
-- reads:  core.erasures, core.steps
-- column: customer_key           | integer     | Customer.
-- column: journey_number         | integer     | Journey of the customer.
-- column: last_step_number       | integer     | Step that closed it: the return.
-- column: first_step_number      | integer     | Step it was entered by.
-- column: entered_touchpoint_key | usmallint   | Touchpoint it was entered by, and returned to.
-- column: loop_keys              | usmallint[] | Its touchpoints as their lexicographically least rotation.
-- column: length                 | bigint      | Touchpoints in it, at least 2.
-- column: is_again               | boolean     | Whether the same loop was closed directly before, so that this is a further round.
-- column: is_first               | boolean     | Whether it is the first occurrence of the loop in this part of the journey.
-- column: started_at             | timestamp   | When the entering step was left, UTC.
-- column: ended_at               | timestamp   | When the return was entered, UTC.

with

walks as (
    select
        customer_key,
        journey_number,
        unnest(loops, recursive := true)
    from core.erasures
),

rotated as (
    select
        customer_key,
        journey_number,
        first_step as first_step_number,
        last_step as last_step_number,
        walk[1] as entered_touchpoint_key,
        list_min(list_transform(
            range(len(walk)), lambda turn: walk[turn + 1:] || walk[:turn]
        )) as loop_keys
    from walks
    where len(walk) >= 2
)

select
    rotated.customer_key,
    rotated.journey_number,
    rotated.last_step_number,
    rotated.first_step_number,
    rotated.entered_touchpoint_key,
    rotated.loop_keys,
    len(rotated.loop_keys) as length,
    coalesce(
        lag(rotated.last_step_number) over in_order = rotated.first_step_number
        and lag(rotated.loop_keys) over in_order = rotated.loop_keys,
        false
    ) as is_again,
    row_number() over (
        partition by rotated.customer_key, rotated.journey_number, rotated.loop_keys
        order by rotated.last_step_number
    ) = 1 as is_first,
    entries.left_at as started_at,
    exits.entered_at as ended_at
from rotated
inner join core.steps as entries
    on
        rotated.customer_key = entries.customer_key
        and rotated.journey_number = entries.journey_number
        and rotated.first_step_number = entries.step_number
inner join core.steps as exits
    on
        rotated.customer_key = exits.customer_key
        and rotated.journey_number = exits.journey_number
        and rotated.last_step_number = exits.step_number
window
    in_order as (
        partition by rotated.customer_key, rotated.journey_number order by rotated.last_step_number
    )
order by rotated.customer_key, rotated.journey_number, rotated.last_step_number
