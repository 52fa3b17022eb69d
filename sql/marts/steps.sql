-- model:  marts.steps
-- about:  Steps of all journeys: runs of equal touchpoints in one session, collapsed to one visit, each with the move that led into it.
-- scope:  customer
-- grain:  one row per step
-- key:    customer_id, event_number
-- reads:  core.steps, core.journey_ids, core.session_ids, core.touchpoints, core.business_waits, config.stages
-- column: customer_id   | varchar   | Customer.
-- column: event_number  | integer   | Place of its first event among the customer's events; with customer_id the order of the steps.
-- column: journey_id    | varchar   | Journey.
-- column: session_id    | varchar   | Session.
-- column: step_number   | integer   | Place in the journey, counted from 1; steps after the goal follow those before it.
-- column: part          | varchar   | 'before' the goal (and the goal itself), 'after' it, or 'service' in a service journey.
-- column: touchpoint    | varchar   | Touchpoint.
-- column: channel       | varchar   | Its channel.
-- column: stage         | varchar   | Its stage in this part of the journey; null for none.
-- column: direction     | varchar   | Move into it against the last staged step: 'self', 'lateral', 'restart', 'back', 'stay', 'advance', 'skip'; null for the first of a part.
-- column: depth         | integer   | Stages fallen by a move back or restart, else 0; null for the first of a part.
-- column: is_return     | boolean   | Whether the touchpoint already occurred in this part of the journey.
-- column: is_bounce     | boolean   | Whether it equals the step before the one it came from: A, B, A.
-- column: repeats       | bigint    | Events collapsed into it, at least 1.
-- column: wait_seconds  | double    | From leaving the step before to entering this one; null for the first of a part.
-- column: business_wait_seconds | double | The same within business hours, from a chat or phone step; null from other steps and without a calendar.
-- column: dwell_seconds | double    | From its first to its last event.
-- column: entered_at    | timestamp | First event, UTC.
-- column: left_at       | timestamp | Last event, UTC.
-- check:  error | wait_seconds >= 0 and dwell_seconds >= 0 | times do not run backwards

select
    journey_ids.customer_id,
    steps.first_event_number as event_number,
    journey_ids.journey_id,
    session_ids.session_id,
    steps.step_number,
    steps.part,
    touchpoints.touchpoint,
    touchpoints.channel,
    stages.stage,
    steps.direction,
    steps.depth,
    steps.is_return,
    steps.is_bounce,
    steps.repeats,
    steps.wait_microseconds / 1e6 as wait_seconds,
    business_waits.business_wait_microseconds / 1e6 as business_wait_seconds,
    (epoch_us(steps.left_at) - epoch_us(steps.entered_at)) / 1e6 as dwell_seconds,
    steps.entered_at,
    steps.left_at
from core.steps
inner join core.journey_ids
    on
        steps.customer_key = journey_ids.customer_key
        and steps.journey_number = journey_ids.journey_number
inner join core.session_ids
    on
        steps.customer_key = session_ids.customer_key
        and steps.session_number = session_ids.session_number
inner join core.touchpoints on steps.touchpoint_key = touchpoints.touchpoint_key
left join core.business_waits
    on
        steps.customer_key = business_waits.customer_key
        and steps.journey_number = business_waits.journey_number
        and steps.step_number = business_waits.step_number + 1
left join config.stages on steps.stage_rank = stages.stage_rank
order by steps.customer_key, steps.first_event_number
