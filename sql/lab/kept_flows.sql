-- model:  lab.kept_flows
-- about:  Steps as step_flows has them, but each event a step of its own: nothing is collapsed.
-- scope:  global
-- grain:  one row per event of a step
-- key:    customer_id, journey_id, step_number
-- reads:  lab.visits, marts.steps, marts.events
-- column: step_number       | bigint    | Place in the part, counted from 1.
-- column: touchpoint        | varchar   | Touchpoint.
-- column: next_touchpoint   | varchar   | Touchpoint of the next event of the part; else how it ended.
-- column: part              | varchar   | 'before' the goal (and the goal itself) or 'after' it.
-- column: journey_id        | varchar   | Journey.
-- column: customer_id       | varchar   | Customer.
-- column: outcome           | varchar   | Outcome of the journey.
-- column: is_settled        | boolean   | Whether the journey is settled.
-- column: is_return         | boolean   | Whether the touchpoint already occurred in this part of the journey.
-- column: returns_next      | boolean   | Whether the next one did; null for the last of a part.
-- column: next_wait_seconds | double    | To the next event; null for the last of a part.
-- column: entered_at        | timestamp | The event, UTC.

with

walked as (
    select
        visits.customer_id,
        visits.journey_id,
        visits.part,
        visits.touchpoint,
        visits.outcome,
        visits.is_settled,
        visits.step_number as visit_number,
        steps.event_number,
        steps.repeats,
        last_value(visits.next_touchpoint) over (
            partition by visits.customer_id, visits.journey_id, visits.part
            order by visits.step_number
            rows between unbounded preceding and unbounded following
        ) as ending
    from visits
    inner join steps
        on
            visits.customer_id = steps.customer_id
            and visits.journey_id = steps.journey_id
            and visits.step_number = steps.step_number
),

acts as (
    select
        customer_id,
        journey_id,
        touchpoint,
        event_number,
        occurred_at
    from events
    where session_id is not null
),

placed as (
    select
        walked.customer_id,
        walked.journey_id,
        walked.part,
        walked.touchpoint,
        walked.outcome,
        walked.is_settled,
        walked.ending,
        acts.event_number,
        acts.occurred_at as entered_at
    from acts
    asof join walked
        on
            acts.customer_id = walked.customer_id
            and acts.journey_id = walked.journey_id
            and acts.event_number >= walked.event_number
    where acts.touchpoint = walked.touchpoint
    qualify row_number() over (
        partition by walked.customer_id, walked.journey_id, walked.visit_number
        order by acts.event_number
    ) <= walked.repeats
),

numbered as (
    select
        *,
        row_number() over in_order as step_number,
        row_number() over (
            partition by customer_id, journey_id, part, touchpoint order by event_number
        ) > 1 as is_return,
        lead(touchpoint) over in_order as next_name,
        lead(entered_at) over in_order as next_at
    from placed
    window in_order as (partition by customer_id, journey_id, part order by event_number)
)

select
    step_number,
    touchpoint,
    coalesce(next_name, ending) as next_touchpoint,
    part,
    journey_id,
    customer_id,
    outcome,
    is_settled,
    is_return,
    lead(is_return) over (
        partition by customer_id, journey_id, part order by step_number
    ) as returns_next,
    (epoch_us(next_at) - epoch_us(entered_at)) / 1e6 as next_wait_seconds,
    entered_at
from numbered
