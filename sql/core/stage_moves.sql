-- model:  core.stage_moves
-- about:  Every move between stages before the goal: from the start over the staged steps of a journey to its outcome. Unstaged steps are passed over; service journeys are left out.
-- scope:  customer
-- grain:  one row per move
-- key:    customer_key, journey_number, move_number
-- reads:  core.steps, core.journeys, config.stages
-- column: customer_key      | integer | Customer.
-- column: journey_number    | integer | Journey of the customer.
-- column: move_number       | integer | step_number it enters; one more than the last staged step for the move out.
-- column: from_stage        | varchar | Stage left, or '(start)'.
-- column: to_stage          | varchar | Stage entered, or '(converted)', '(dropped)', '(open)'.
-- column: wait_microseconds | bigint  | From leaving one staged step to entering the next, unstaged steps between them included; null to and from bracketed nodes.
-- column: direction         | varchar | Direction of the step entered: 'self', 'restart', 'back', 'stay', 'advance', 'skip'; null to and from bracketed nodes.
-- column: depth             | integer | Stages fallen; null to and from bracketed nodes.
-- column: is_settled        | boolean | Whether the journey is settled.
-- column: is_converted      | boolean | Whether the journey converted.

with

staged as (
    select
        customer_key,
        journey_number,
        step_number,
        stage_rank,
        entered_at,
        left_at,
        direction,
        depth,
        lag(stage_rank) over in_order as last_stage_rank,
        lag(left_at) over in_order as last_left_at,
        lead(step_number) over in_order is null as is_last
    from core.steps
    where part = 'before' and stage_rank is not null
    window in_order as (partition by customer_key, journey_number order by step_number)
),

flows as (
    select
        customer_key,
        journey_number,
        step_number as move_number,
        last_stage_rank as from_rank,
        stage_rank as to_rank,
        epoch_us(entered_at) - epoch_us(last_left_at) as wait_microseconds,
        if(last_stage_rank is null, null, direction) as direction,
        if(last_stage_rank is null, null, depth) as depth
    from staged
    union all by name
    select
        customer_key,
        journey_number,
        step_number + 1 as move_number,
        stage_rank as from_rank
    from staged
    where is_last
    union all by name
    select
        customer_key,
        journey_number,
        1 as move_number
    from core.journeys
    where outcome != 'service' and furthest_stage_rank is null
)

select
    flows.customer_key,
    flows.journey_number,
    flows.move_number,
    coalesce(origins.stage, '(start)') as from_stage,
    case
        when targets.stage is not null then targets.stage
        when journeys.outcome = 'converted' then '(converted)'
        when journeys.outcome = 'open' then '(open)'
        else '(dropped)'
    end as to_stage,
    flows.wait_microseconds,
    flows.direction,
    flows.depth,
    journeys.is_settled,
    journeys.outcome = 'converted' as is_converted
from flows
inner join core.journeys
    on
        flows.customer_key = journeys.customer_key
        and flows.journey_number = journeys.journey_number
left join config.stages as origins on flows.from_rank = origins.stage_rank
left join config.stages as targets on flows.to_rank = targets.stage_rank
