-- model:  star.fct_journeys
-- about:  Fact: journeys with measures that may be summed: the conversion rate is sum(converted_settled) / sum(settled), by whatever dimension.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_number
-- reads:  marts.journeys, marts.clock
-- kind:   view
-- column: journey_id           | varchar | Journey.
-- column: customer_id          | varchar | Customer, in dim_customers.
-- column: journey_number       | integer | Counted from 1 per customer.
-- column: outcome              | varchar | 'converted', 'lost', 'lapsed', 'open' or 'service'.
-- column: first_touchpoint     | varchar | Touchpoint of the first step, in dim_touchpoints.
-- column: last_touchpoint      | varchar | Touchpoint of the last step up to the goal, in dim_touchpoints.
-- column: entry_channel        | varchar | Channel of the first step.
-- column: source_group         | varchar | Group of origins; null when no rule matches.
-- column: device               | varchar | Device; null when not known.
-- column: country              | varchar | Country; null when not known.
-- column: furthest_stage       | varchar | Stage of the greatest rank, in dim_stages; null without a staged step.
-- column: sales_cycle          | varchar | How long buying took; null without a goal.
-- column: started_date         | date | Day it started in the reporting zone, in dim_dates.
-- column: goal_date            | date | Day of the goal in the reporting zone; null without one.
-- column: settled              | integer | 1 for a settled journey that is no service journey, else 0: what rates are over.
-- column: converted_settled    | integer | 1 for a settled journey that converted, else 0.
-- column: dropped_settled      | integer | 1 for a settled journey that ended without a goal, else 0.
-- column: converted            | integer | 1 for any converted journey, else 0.
-- column: went_back_settled    | integer | 1 for a settled journey that went back, to a lower stage or a touchpoint visited before, else 0.
-- column: steps                | bigint | Steps up to the goal.
-- column: back_steps           | bigint | Steps to a lower stage.
-- column: sessions             | bigint | Sessions up to the goal.
-- column: value                | decimal(18,4) | Gross value of the goal; null without one.
-- column: value_net            | decimal(18,4) | Value less refunds.
-- column: currency             | varchar | Currency of both.
-- column: time_to_goal_seconds | double | From the first action to the goal; null without one.
-- column: started_at           | timestamp | First action, UTC.

select
    journeys.journey_id,
    journeys.customer_id,
    journeys.journey_number,
    journeys.outcome,
    journeys.first_touchpoint,
    journeys.last_touchpoint,
    journeys.entry_channel,
    journeys.source_group,
    journeys.device,
    journeys.country,
    journeys.furthest_stage,
    journeys.sales_cycle,
    timezone(clock.reporting_timezone, timezone('UTC', journeys.started_at))::date as started_date,
    timezone(clock.reporting_timezone, timezone('UTC', journeys.goal_at))::date as goal_date,
    (journeys.is_settled and journeys.outcome != 'service')::integer as settled,
    (journeys.is_settled and journeys.outcome = 'converted')::integer as converted_settled,
    (journeys.is_settled and journeys.outcome in ('lost', 'lapsed'))::integer as dropped_settled,
    (journeys.outcome = 'converted')::integer as converted,
    (
        journeys.is_settled
        and journeys.outcome != 'service'
        and (journeys.back_steps > 0 or journeys.revisits > 0)
    )::integer as went_back_settled,
    journeys.steps,
    journeys.back_steps,
    journeys.sessions,
    journeys.value,
    journeys.value_net,
    journeys.currency,
    journeys.time_to_goal_seconds,
    journeys.started_at
from journeys
inner join clock on true
