-- model:  marts.journeys
-- about:  Journeys: attempts of a customer to get from first interest to a goal, over all sessions and channels. Figures look up to the goal; what ends in _after looks beyond it.
-- scope:  customer
-- grain:  one row per journey
-- key:    customer_id, journey_number
-- reads:  core.journeys, core.journey_ids, core.touchpoints, core.steps, core.event_origins, config.stages, staging.events
-- column: journey_id            | varchar       | event_id of its first action, or the journey the caller gave.
-- column: customer_id           | varchar       | Customer.
-- column: journey_number        | integer       | Counted from 1 per customer.
-- column: outcome               | varchar       | 'converted' reached a goal; 'lost' met a loss; 'lapsed' fell silent; 'open' may go on; 'service' is about help alone. Lost and lapsed are the dropped ones.
-- column: sales_cycle           | varchar       | For converted journeys: 'instant' (one session), 'within_30_days', 'within_6_months', 'longer'; else null.
-- column: first_touchpoint      | varchar       | Touchpoint of its first step.
-- column: last_touchpoint       | varchar       | Touchpoint of its last step up to the goal: where a dropped journey was left.
-- column: goal_touchpoint       | varchar       | The goal it reached first; null without one.
-- column: entry_channel         | varchar       | Channel of its first step.
-- column: source_group          | varchar       | Group of origins of its first action; null when no rule matches.
-- column: device                | varchar       | Device of its first action; null when not known.
-- column: country               | varchar       | Country of its first action; null when not known.
-- column: furthest_stage        | varchar       | Stage of the greatest rank it reached; null without a staged step.
-- column: value                 | decimal(18,4) | Gross value of the goal in currency; null without a goal, a value or a rate.
-- column: value_net             | decimal(18,4) | Value less refunds and cancellations; null where value is.
-- column: currency              | varchar       | Currency of value and value_net; null without a value.
-- column: steps                 | bigint        | Steps.
-- column: sessions              | bigint        | Sessions.
-- column: channels              | bigint        | Channels.
-- column: channel_names         | varchar[]     | The channels of its steps up to the goal, by name.
-- column: back_steps            | bigint        | Steps to a lower stage.
-- column: deepest_fall          | integer       | Most stages fallen in one step; 0 for none.
-- column: revisits              | bigint        | Steps to a touchpoint it had visited before.
-- column: bounces               | bigint        | Steps of the form A, B, A.
-- column: steps_after           | bigint        | Steps after the goal.
-- column: sessions_after        | bigint        | Sessions after the goal.
-- column: channels_after        | bigint        | Channels after the goal.
-- column: revisits_after        | bigint        | Steps after the goal to a touchpoint visited before in that part.
-- column: is_linear             | boolean       | Whether the stage never falls; null below two staged steps and for service journeys.
-- column: is_settled            | boolean       | Whether it is old enough that its outcome cannot be biased by when we look; all rates are over settled journeys.
-- column: is_start_unknown      | boolean       | Whether it may have begun before the data.
-- column: is_after_care_running | boolean       | Whether its after-care part may still grow.
-- column: duration_seconds      | double        | From the first action to the goal, the loss or the last action.
-- column: time_to_goal_seconds  | double        | From the first action to the goal; null without one.
-- column: started_at            | timestamp     | First action, UTC.
-- column: ended_at              | timestamp     | Goal, loss or last action, UTC.
-- column: goal_at               | timestamp     | Goal, UTC; null without one.
-- column: refunded_at           | timestamp     | First refund or cancellation, UTC; null without one.
-- column: last_action_at        | timestamp     | Last action, after-care included, UTC.
-- check:  error | steps >= 1 and duration_seconds >= 0 | a journey has a step and does not end before it starts
-- check:  error | (outcome = 'converted') = (goal_at is not null) | exactly the converted journeys have a goal

with

ends as (
    select
        steps.customer_key,
        steps.journey_number,
        min_by(steps.touchpoint_key, steps.step_number) as first_touchpoint_key,
        max_by(steps.touchpoint_key, steps.step_number) as last_touchpoint_key,
        list_sort(list(distinct touchpoints.channel)) as channel_names
    from core.steps
    inner join core.touchpoints on steps.touchpoint_key = touchpoints.touchpoint_key
    where steps.part != 'after'
    group by steps.customer_key, steps.journey_number
)

select
    journey_ids.journey_id,
    journey_ids.customer_id,
    journeys.journey_number,
    journeys.outcome,
    case
        when journeys.outcome != 'converted' then null
        when journeys.sessions = 1 then 'instant'
        when journeys.goal_at <= journeys.started_at + to_days(30) then 'within_30_days'
        when journeys.goal_at <= journeys.started_at + to_months(6) then 'within_6_months'
        else 'longer'
    end as sales_cycle,
    firsts.touchpoint as first_touchpoint,
    lasts.touchpoint as last_touchpoint,
    goals.touchpoint as goal_touchpoint,
    firsts.channel as entry_channel,
    origins.source_group,
    staged.device,
    staged.country,
    stages.stage as furthest_stage,
    journeys.value,
    journeys.value_net,
    journeys.currency,
    journeys.steps,
    journeys.sessions,
    journeys.channels,
    ends.channel_names,
    journeys.back_steps,
    journeys.deepest_fall,
    journeys.revisits,
    journeys.bounces,
    journeys.steps_after,
    journeys.sessions_after,
    journeys.channels_after,
    journeys.revisits_after,
    journeys.is_linear,
    journeys.is_settled,
    journeys.is_start_unknown,
    journeys.is_after_care_running,
    journeys.duration_microseconds / 1e6 as duration_seconds,
    if(journeys.goal_at is null, null, journeys.duration_microseconds / 1e6) as time_to_goal_seconds,
    journeys.started_at,
    journeys.ended_at,
    journeys.goal_at,
    journeys.refunded_at,
    journeys.last_action_at
from core.journeys
inner join core.journey_ids
    on
        journeys.customer_key = journey_ids.customer_key
        and journeys.journey_number = journey_ids.journey_number
left join ends
    on
        journeys.customer_key = ends.customer_key
        and journeys.journey_number = ends.journey_number
left join core.touchpoints as firsts on ends.first_touchpoint_key = firsts.touchpoint_key
left join core.touchpoints as lasts on ends.last_touchpoint_key = lasts.touchpoint_key
left join core.touchpoints as goals on journeys.goal_touchpoint_key = goals.touchpoint_key
left join core.event_origins as origins on journeys.first_event_key = origins.event_key
left join staging.events as staged on journeys.first_event_key = staged.event_key
left join config.stages on journeys.furthest_stage_rank = stages.stage_rank
order by journeys.customer_key, journeys.journey_number
