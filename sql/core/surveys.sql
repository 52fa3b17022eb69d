-- model:  core.surveys
-- about:  Surveys asked and answered with the step they are about: the last one before the invitation (without one, before the score), of the same conversation, else at most 7 days old.
-- scope:  customer
-- grain:  one row per survey asked or answered
-- key:    customer_key, survey, asked_number
-- reads:  core.survey_answers, core.events, core.steps, staging.events
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

placed as (
    select
        kept.customer_key,
        kept.survey,
        kept.asked_number,
        max(starts.event_number) filter (
            where staged.conversation_id = kept.conversation_id
        ) as same_number,
        max(starts.event_number) filter (
            where kept.asked_at - steps.left_at <= to_days(7)
        ) as last_number
    from core.survey_answers as kept
    inner join core.steps on kept.customer_key = steps.customer_key
    inner join core.events as starts
        on steps.first_event_key = starts.event_key and kept.asked_number > starts.event_number
    inner join staging.events as staged on starts.event_key = staged.event_key
    group by kept.customer_key, kept.survey, kept.asked_number
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
left join placed
    on
        kept.customer_key = placed.customer_key
        and kept.survey = placed.survey
        and kept.asked_number = placed.asked_number
left join core.events as starts
    on
        placed.customer_key = starts.customer_key
        and coalesce(placed.same_number, placed.last_number) = starts.event_number
left join core.steps
    on
        starts.customer_key = steps.customer_key
        and starts.event_key = steps.first_event_key
order by kept.customer_key, kept.survey, kept.asked_number
