-- model:  core.journeys
-- about:  One attempt of a customer to get from first interest to a goal.
-- scope:  customer
-- grain:  one row per journey
-- key:    customer_key, journey_number
-- reads:  core.outcomes, core.steps, core.touchpoints, core.events, core.refunds, staging.events, config.rates
-- params: reporting_currency, reporting_timezone
-- column: customer_key          | integer       | Customer.
-- column: journey_number        | integer       | Counted from 1 per customer.
-- column: first_event_key       | bigint        | First action; its event_id is the journey's id.
-- column: given_journey_id      | varchar       | Journey the caller gave; null when cut here.
-- column: started_at            | timestamp     | First action, UTC.
-- column: ended_at              | timestamp     | Goal, loss, or last action, UTC.
-- column: last_action_at        | timestamp     | Last action, after-care included, UTC.
-- column: outcome               | varchar       | 'converted', 'service', 'lost', 'open' or 'lapsed'.
-- column: goal_touchpoint_key   | usmallint     | The goal reached first; null without one.
-- column: goal_at               | timestamp     | Its instant, UTC; null without one.
-- column: value                 | decimal(18,4) | Gross value of the goal in `currency`; null without a goal, value or rate.
-- column: currency              | varchar       | The reporting currency, else the goal's own; null without a value.
-- column: has_no_rate           | boolean       | Whether the goal has a value that no rate converts.
-- column: refunded_at           | timestamp     | First refund, UTC; null without one.
-- column: value_net             | decimal(18,4) | Value less refunds; null where value is.
-- column: steps                 | bigint        | Steps up to the goal, or of a service journey.
-- column: sessions              | bigint        | Sessions among them.
-- column: channels              | bigint        | Channels among them.
-- column: duration_microseconds | bigint        | From started_at to ended_at.
-- column: furthest_stage_rank   | integer       | Greatest stage rank up to the goal; null for none.
-- column: back_steps            | bigint        | Steps up to the goal with direction back or restart.
-- column: deepest_fall          | integer       | Greatest depth of a back step, in stages; 0 for none.
-- column: revisits              | bigint        | Steps up to the goal whose touchpoint already occurred.
-- column: bounces               | bigint        | Steps up to the goal of the form A, B, A.
-- column: is_linear             | boolean       | Whether the stage rank never falls up to the goal; null below two staged steps or in a service journey.
-- column: is_settled            | boolean       | Whether its outcome cannot be biased by when we look.
-- column: is_start_unknown      | boolean       | Whether it may have started before the data.
-- column: is_after_care_running | boolean       | Whether its after-care part may still grow.
-- column: steps_after           | bigint        | Steps after the goal.
-- column: sessions_after        | bigint        | Sessions among them.
-- column: channels_after        | bigint        | Channels among them.
-- column: revisits_after        | bigint        | Steps after the goal whose touchpoint already occurred there.
-- check:  error | steps >= 1 | a journey has a step
-- check:  warn | not has_no_rate | every value has a rate into the reporting currency

with

walked as (
    select
        steps.customer_key,
        steps.journey_number,
        count(*) filter (where steps.part != 'after') as steps,
        count(distinct steps.session_number) filter (where steps.part != 'after') as sessions,
        count(distinct touchpoints.channel) filter (where steps.part != 'after') as channels,
        max(steps.stage_rank) filter (where steps.part != 'after') as furthest_stage_rank,
        count(*) filter (
            where steps.part != 'after' and steps.direction in ('back', 'restart')
        ) as back_steps,
        coalesce(max(steps.depth) filter (where steps.part != 'after'), 0) as deepest_fall,
        count(*) filter (where steps.part != 'after' and steps.is_return) as revisits,
        count(*) filter (where steps.part != 'after' and steps.is_bounce) as bounces,
        count(steps.stage_rank) filter (where steps.part = 'before') as staged_steps,
        count(*) filter (where steps.part = 'after') as steps_after,
        count(distinct steps.session_number) filter (where steps.part = 'after') as sessions_after,
        count(distinct touchpoints.channel) filter (where steps.part = 'after') as channels_after,
        count(*) filter (where steps.part = 'after' and steps.is_return) as revisits_after
    from core.steps
    inner join core.touchpoints on steps.touchpoint_key = touchpoints.touchpoint_key
    group by steps.customer_key, steps.journey_number
),

priced as (
    select
        outcomes.customer_key,
        outcomes.journey_number,
        (
            goals.value is not null
            and goals.currency is distinct from coalesce($reporting_currency, goals.currency)
            and rates.rate is null
        ) as has_no_rate,
        case
            when (goals.currency is not distinct from coalesce($reporting_currency, goals.currency))
                then 1::decimal(18, 8)
            else rates.rate
        end as rate,
        goals.value,
        if(goals.value is null, null, coalesce($reporting_currency, goals.currency)) as currency
    from core.outcomes
    inner join staging.events as goals on outcomes.goal_event_key = goals.event_key
    left join config.rates
        on
            goals.currency = rates.currency
            and timezone($reporting_timezone, timezone('UTC', outcomes.goal_at))::date = rates.rate_date
),

refunded as (
    select
        customer_key,
        journey_number,
        min(refunded_at) as refunded_at,
        sum(amount) as amount,
        bool_or(amount is null) as is_whole
    from core.refunds
    group by customer_key, journey_number
)

select
    outcomes.customer_key,
    outcomes.journey_number,
    outcomes.first_event_key,
    given.given_journey_id,
    outcomes.started_at,
    outcomes.ended_at,
    outcomes.last_action_at,
    outcomes.outcome,
    outcomes.goal_touchpoint_key,
    outcomes.goal_at,
    (priced.value * priced.rate)::decimal(18, 4) as value,
    priced.currency,
    coalesce(priced.has_no_rate, false) as has_no_rate,
    refunded.refunded_at,
    case
        when coalesce(refunded.is_whole, false) and priced.value is not null then 0
        else ((priced.value - coalesce(refunded.amount, 0)) * priced.rate)
    end::decimal(18, 4) as value_net,
    walked.steps,
    walked.sessions,
    walked.channels,
    epoch_us(outcomes.ended_at) - epoch_us(outcomes.started_at) as duration_microseconds,
    walked.furthest_stage_rank,
    walked.back_steps,
    walked.deepest_fall,
    walked.revisits,
    walked.bounces,
    if(walked.staged_steps >= 2, walked.back_steps = 0, null) as is_linear,
    outcomes.is_settled,
    outcomes.is_start_unknown,
    outcomes.is_after_care_running,
    walked.steps_after,
    walked.sessions_after,
    walked.channels_after,
    walked.revisits_after
from core.outcomes
left join (
    select event_key, given_journey_id
    from core.events
    where given_journey_id is not null
) as given on outcomes.first_event_key = given.event_key
left join walked
    on
        outcomes.customer_key = walked.customer_key
        and outcomes.journey_number = walked.journey_number
left join priced
    on
        outcomes.customer_key = priced.customer_key
        and outcomes.journey_number = priced.journey_number
left join refunded
    on
        outcomes.customer_key = refunded.customer_key
        and outcomes.journey_number = refunded.journey_number
order by outcomes.customer_key, outcomes.journey_number
