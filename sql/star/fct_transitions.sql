-- model:  star.fct_transitions
-- about:  Fact: moves from one step of a journey to the next, in one part of it; how often, which way, how long.
-- scope:  global
-- grain:  one row per transition
-- key:    customer_id, journey_id, part, step_number
-- reads:  marts.steps, marts.clock
-- kind:   view
-- column: customer_id     | varchar | Customer, in dim_customers.
-- column: journey_id      | varchar | Journey, in fct_journeys.
-- column: part            | varchar | 'before' the goal or 'after' it.
-- column: step_number     | integer | Step it leads to, counted from 1 in the journey.
-- column: from_touchpoint | varchar | Touchpoint left, in dim_touchpoints.
-- column: to_touchpoint   | varchar | Touchpoint entered, in dim_touchpoints.
-- column: direction       | varchar | 'self', 'lateral', 'restart', 'back', 'stay', 'advance' or 'skip'.
-- column: entered_date    | date | Day it was entered in the reporting zone, in dim_dates.
-- column: back            | integer | 1 where it falls to a lower stage, else 0.
-- column: returned        | integer | 1 where the touchpoint occurred before in this part, else 0.
-- column: wait_seconds    | double | From leaving the one to entering the other.
-- column: entered_at      | timestamp | When the second was entered, UTC.

select
    customer_id,
    journey_id,
    part,
    step_number,
    from_touchpoint,
    touchpoint as to_touchpoint,
    direction,
    timezone(reporting_timezone, timezone('UTC', entered_at))::date as entered_date,
    (direction in ('back', 'restart'))::integer as back,
    is_return::integer as returned,
    wait_seconds,
    entered_at
from (
    select
        steps.*,
        clock.reporting_timezone,
        lag(steps.touchpoint) over (
            partition by steps.customer_id, steps.journey_id, steps.part
            order by steps.step_number
        ) as from_touchpoint
    from steps
    inner join clock on true
    where steps.part in ('before', 'after')
) as neighbours
where from_touchpoint is not null
