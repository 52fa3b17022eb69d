-- model:  core.surveys
-- about:  Surveys asked and answered with the step they are about: the last one before the invitation (without one, before the score), of the same conversation, else at most 7 days old.
-- scope:  customer
-- grain:  one row per survey asked or answered
-- key:    customer_key, survey, asked_number
-- reads:  core.survey_answers, core.steps, staging.events
-- column: customer_key            | integer   | Customer.
-- column: survey                  | varchar   | 'csat' or 'nps'.
-- column: asked_number            | integer   | event_number of the invitation; without one, of the score.
-- column: is_invited              | boolean   | Whether there was an invitation.
-- column: score                   | double    | The score, 1 to 5 for csat, 0 to 10 for nps; null without an answer.
-- column: journey_number          | integer   | Journey of the step; null where no step is near.
-- column: step_number             | integer   | The step it is about.
-- column: part                    | varchar   | 'before', 'after' or 'service'.
-- column: touchpoint_key          | usmallint | Touchpoint of the step.
-- column: previous_touchpoint_key | usmallint | Step before it in the same part; null for the first.

with

starts as (
    select
        customer_key,
        first_event_key,
        first_event_number as event_number,
        left_at,
        max(left_at) over (
            partition by customer_key order by first_event_number
        ) as last_left_at
    from core.steps
    where customer_key in (select kept.customer_key from core.survey_answers as kept)
),

talks as (
    select starts.customer_key, starts.event_number, staged.conversation_id
    from starts
    inner join staging.events as staged on starts.first_event_key = staged.event_key
    where
        staged.conversation_id in (
            select kept.conversation_id from core.survey_answers as kept
        )
),

-- The step that began last is the one but where a longer one was left after it.
nearest as (
    select
        kept.customer_key,
        kept.survey,
        kept.asked_number,
        kept.asked_at - to_days(7) as since,
        same.event_number as same_number,
        if(last_one.left_at >= since, last_one.event_number, null) as last_number,
        last_one.last_left_at
    from core.survey_answers as kept
    asof left join starts as last_one
        on
            kept.customer_key = last_one.customer_key
            and kept.asked_number > last_one.event_number
    asof left join talks as same
        on
            kept.customer_key = same.customer_key
            and kept.conversation_id = same.conversation_id
            and kept.asked_number > same.event_number
),

longer as (
    select
        nearest.customer_key,
        nearest.survey,
        nearest.asked_number,
        max(starts.event_number) as event_number
    from nearest
    inner join starts
        on
            nearest.customer_key = starts.customer_key
            and nearest.asked_number > starts.event_number
            and nearest.since <= starts.left_at
    where
        nearest.same_number is null
        and nearest.last_number is null
        and nearest.last_left_at >= nearest.since
    group by nearest.customer_key, nearest.survey, nearest.asked_number
)

select
    kept.customer_key,
    kept.survey,
    kept.asked_number,
    kept.is_invited,
    kept.score,
    steps.journey_number,
    steps.step_number,
    steps.part,
    steps.touchpoint_key,
    steps.previous_touchpoint_key
from core.survey_answers as kept
inner join nearest
    on
        kept.customer_key = nearest.customer_key
        and kept.survey = nearest.survey
        and kept.asked_number = nearest.asked_number
left join longer
    on
        kept.customer_key = longer.customer_key
        and kept.survey = longer.survey
        and kept.asked_number = longer.asked_number
left join core.steps
    on
        kept.customer_key = steps.customer_key
        and coalesce(nearest.same_number, nearest.last_number, longer.event_number)
        = steps.first_event_number
order by kept.customer_key, kept.survey, kept.asked_number
