-- model:  lab.kept_answers
-- about:  Questions after the goal, whether they were answered late and whether the customer bought again, with the group in which the customer is drawn.
-- scope:  global
-- grain:  one row per question
-- key:
-- reads:  analysis.answers, analysis.customer_samples
-- params:
-- column: customer_key    | integer   | Customer.
-- column: journey_number  | integer   | Journey of the customer.
-- column: touchpoint_key  | usmallint | Touchpoint.
-- column: sample_number   | usmallint | Group of customers.
-- column: is_late         | boolean   | Whether it was answered late.
-- column: is_bought_again | boolean   | Whether the customer bought again.

select
    answers.customer_key,
    answers.journey_number,
    answers.touchpoint_key,
    samples.sample_number,
    answers.is_late,
    answers.is_bought_again
from analysis.answers
inner join analysis.customer_samples as samples on answers.customer_key = samples.customer_key
