-- model:  lab.chosen_journeys
-- about:  Chosen journeys as core.journeys has them, so that its models run on them; customers are numbered anew.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_key, journey_number
-- reads:  marts.journeys, marts.stages, marts.touchpoints, chosen
-- column: customer_key          | integer       | Customer, numbered by customer_id among the chosen.
-- column: journey_number        | integer       | Counted from 1 per customer.
-- column: started_at            | timestamp     | First action, UTC.
-- column: ended_at              | timestamp     | Goal, loss or last action, UTC.
-- column: goal_touchpoint_key   | usmallint     | The goal reached first; null without one.
-- column: goal_at               | timestamp     | Goal, UTC; null without one.
-- column: outcome               | varchar       | 'converted', 'service', 'lost', 'open' or 'lapsed'.
-- column: value                 | decimal(18,4) | Gross value of the goal in `currency`; null without one.
-- column: currency              | varchar       | Its currency; null without a value.
-- column: steps                 | bigint        | Steps up to the goal.
-- column: steps_after           | bigint        | Steps after the goal.
-- column: furthest_stage_rank   | integer       | Greatest stage rank up to the goal; null for none.
-- column: duration_microseconds | bigint        | From the first action to the goal, the loss or the last action.
-- column: is_settled            | boolean       | Whether its outcome cannot be biased by when we look.
-- column: is_after_care_running | boolean       | Whether its after-care part may still grow.

select
    chosen.customer_key,
    chosen.journey_number,
    journeys.started_at,
    journeys.ended_at,
    goals.touchpoint_key as goal_touchpoint_key,
    journeys.goal_at,
    journeys.outcome,
    journeys.value,
    journeys.currency,
    journeys.steps,
    journeys.steps_after,
    stages.stage_rank as furthest_stage_rank,
    round(journeys.duration_seconds * 1e6)::bigint as duration_microseconds,
    journeys.is_settled,
    journeys.is_after_care_running
from journeys
inner join chosen
    on journeys.customer_id = chosen.customer_id and journeys.journey_id = chosen.journey_id
left join (
    select
        touchpoint,
        (row_number() over (order by touchpoint) - 1)::usmallint as touchpoint_key
    from touchpoints
) as goals on journeys.goal_touchpoint = goals.touchpoint
left join stages on journeys.furthest_stage = stages.stage
order by chosen.customer_key, chosen.journey_number
