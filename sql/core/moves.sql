-- model:  core.moves
-- about:  Every move of every journey but service ones: from the start over its steps to its outcome, and on through after-care.
-- scope:  customer
-- grain:  one row per move
-- key:    customer_key, journey_number, part, move_number
-- reads:  core.steps, core.journeys, core.touchpoints
-- column: customer_key      | integer       | Customer.
-- column: journey_number    | integer       | Journey of the customer.
-- column: part              | varchar       | 'before' or 'after' the goal.
-- column: move_number       | integer       | step_number it enters; one more than the last step for the move out of the part.
-- column: from_node         | varchar       | Touchpoint left, or '(start)', '(converted)'.
-- column: to_node           | varchar       | Touchpoint entered, or '(converted)', '(dropped)', '(open)', '(end)'.
-- column: wait_microseconds | bigint        | From leaving one to entering the other; null to and from the bracketed nodes.
-- column: direction         | varchar       | Direction of the step entered; null to and from the bracketed nodes.
-- column: depth             | integer       | Stages fallen by it; null to and from the bracketed nodes.
-- column: is_return         | boolean       | Whether the touchpoint entered already occurred in this part.
-- column: is_bounce         | boolean       | Whether the touchpoint entered equals the one before the one left: A, B, A.
-- column: is_settled        | boolean       | Whether the journey is settled.
-- column: value             | decimal(18,4) | Gross value of the journey; null without one.

with

walked as (
    select
        steps.customer_key,
        steps.journey_number,
        steps.part,
        steps.step_number,
        steps.wait_microseconds,
        steps.direction,
        steps.depth,
        steps.is_return,
        steps.is_bounce,
        touchpoints.touchpoint,
        previous.touchpoint as previous_touchpoint,
        steps.next_touchpoint_key is null as is_last
    from core.steps
    inner join core.touchpoints on steps.touchpoint_key = touchpoints.touchpoint_key
    left join core.touchpoints as previous
        on steps.previous_touchpoint_key = previous.touchpoint_key
    where steps.part != 'service'
),

flows as (
    select
        customer_key,
        journey_number,
        part,
        step_number as move_number,
        coalesce(previous_touchpoint, if(part = 'before', '(start)', '(converted)')) as from_node,
        touchpoint as to_node,
        wait_microseconds,
        direction,
        depth,
        is_return,
        is_bounce
    from walked
    union all by name
    select
        walked.customer_key,
        walked.journey_number,
        walked.part,
        walked.step_number + 1 as move_number,
        walked.touchpoint as from_node,
        case
            when walked.part = 'after' then if(journeys.is_after_care_running, '(open)', '(end)')
            when journeys.outcome = 'converted' then '(converted)'
            when journeys.outcome = 'open' then '(open)'
            else '(dropped)'
        end as to_node,
        false as is_return,
        false as is_bounce
    from walked
    inner join core.journeys
        on
            walked.customer_key = journeys.customer_key
            and walked.journey_number = journeys.journey_number
    where walked.is_last
    union all by name
    select
        customer_key,
        journey_number,
        'after' as part,
        steps::integer + 1 as move_number,
        '(converted)' as from_node,
        '(end)' as to_node,
        false as is_return,
        false as is_bounce
    from core.journeys
    where outcome = 'converted' and steps_after = 0
)

select
    flows.customer_key,
    flows.journey_number,
    flows.part,
    flows.move_number,
    flows.from_node,
    flows.to_node,
    flows.wait_microseconds,
    flows.direction,
    flows.depth,
    flows.is_return,
    flows.is_bounce,
    journeys.is_settled,
    journeys.value
from flows
inner join core.journeys
    on
        flows.customer_key = journeys.customer_key
        and flows.journey_number = journeys.journey_number
