-- model:  lab.touches_of_steps
-- about:  Steps of journeys up to the goal that may earn credit, told by channel or touchpoint; goals, losses and refunds earn none.
-- scope:  global
-- grain:  one row per step
-- key:    customer_id, journey_id, event_number
-- reads:  marts.steps, marts.touchpoints
-- params: kind
-- column: customer_id  | varchar   | Customer.
-- column: journey_id   | varchar   | Journey.
-- column: event_number | integer   | Place of its first event among the customer's events.
-- column: unit         | varchar   | What may earn credit: its channel, or its touchpoint.
-- column: touched_at   | timestamp | First event of the step, UTC.

select
    steps.customer_id,
    steps.journey_id,
    steps.event_number,
    if($kind = 'channel', steps.channel, steps.touchpoint) as unit,
    steps.entered_at as touched_at
from steps
inner join main.touchpoints on steps.touchpoint = touchpoints.touchpoint
where
    steps.part = 'before'
    and not touchpoints.is_goal
    and not touchpoints.is_loss
    and not touchpoints.is_refund
    and if($kind = 'channel', steps.channel, steps.touchpoint) != '(none)'
