-- model:  lab.chosen_answers
-- about:  Questions after the goal of chosen journeys as analysis.answers has them, so that its readers run on them. Late is what the run calls so: slower than half of all answers there.
-- scope:  global
-- grain:  one row per step after the goal that waits for us
-- key:    customer_key, journey_number, step_number
-- reads:  marts.after_care_answers, marts.touchpoints, chosen
-- column: customer_key    | integer   | Customer.
-- column: journey_number  | integer   | Journey of the customer.
-- column: step_number     | integer   | Step of the journey.
-- column: touchpoint_key  | usmallint | Touchpoint.
-- column: answer_seconds  | double    | From entering the step to the answer; null where none came.
-- column: is_late         | boolean   | Whether the answer took longer than half of all answers there, or never came.
-- column: is_bought_again | boolean   | Whether a later journey of the customer reached its goal soon enough.

select
    chosen.customer_key,
    chosen.journey_number,
    answers.step_number,
    named.touchpoint_key,
    answers.answer_seconds,
    answers.is_late,
    answers.is_bought_again
from after_care_answers as answers
inner join chosen
    on answers.customer_id = chosen.customer_id and answers.journey_id = chosen.journey_id
inner join (
    select
        touchpoint,
        (row_number() over (order by touchpoint) - 1)::usmallint as touchpoint_key
    from touchpoints
) as named on answers.touchpoint = named.touchpoint
order by chosen.customer_key, chosen.journey_number, answers.step_number
