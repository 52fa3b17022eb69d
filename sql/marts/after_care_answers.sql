-- model:  marts.after_care_answers
-- about:  Questions after the goal, when somebody answered, and whether the customer bought again. Only at touchpoints that wait for us, in channels answered by hand, and old enough to judge: two journey timeouts or more before the end of the data.
-- scope:  global
-- grain:  one row per after-care step of a settled journey at such a touchpoint
-- key:    journey_id, step_number
-- reads:  analysis.answers, core.steps, core.touchpoints, core.journey_ids, identity.customers
-- column: journey_id      | varchar   | Journey.
-- column: customer_id     | varchar   | Customer.
-- column: step_number     | integer   | Step of the journey.
-- column: touchpoint      | varchar   | Touchpoint.
-- column: answer_seconds  | double    | From entering the step to the next manual context event of its channel; null where none came within two journey timeouts.
-- column: is_late         | boolean   | Whether the answer took longer than half of the answers there, or never came.
-- column: is_bought_again | boolean   | Whether a later journey of the customer reached its goal within two journey timeouts.
-- column: asked_at        | timestamp | When the step was entered, UTC.

select
    ids.journey_id,
    customers.customer_id,
    answers.step_number,
    touchpoints.touchpoint,
    answers.answer_seconds,
    answers.is_late,
    answers.is_bought_again,
    steps.entered_at as asked_at
from analysis.answers
inner join core.steps
    on
        answers.customer_key = steps.customer_key
        and answers.journey_number = steps.journey_number
        and answers.step_number = steps.step_number
inner join core.touchpoints on answers.touchpoint_key = touchpoints.touchpoint_key
inner join core.journey_ids as ids
    on
        answers.customer_key = ids.customer_key
        and answers.journey_number = ids.journey_number
inner join identity.customers on answers.customer_key = customers.customer_key
order by ids.journey_id, answers.step_number
