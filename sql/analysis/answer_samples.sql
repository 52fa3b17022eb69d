-- model:  analysis.answer_samples
-- about:  Questions after the goal that were answered late or in time, and how many of either led to another purchase, summed per sample of customers.
-- scope:  global
-- grain:  one row per (touchpoint, sample) with questions; touchpoints of 30 customers with a late answer or more, and 30 with one in time
-- key:    touchpoint_key, sample_number
-- reads:  analysis.answers, analysis.customer_samples
-- column: touchpoint_key | usmallint | Touchpoint.
-- column: sample_number  | usmallint | Sample of customers.
-- column: late           | bigint    | Questions answered late.
-- column: late_again     | bigint    | Those whose customer bought again.
-- column: prompt         | bigint    | Questions answered in time.
-- column: prompt_again   | bigint    | Those whose customer bought again.
-- column: journeys       | bigint    | Journeys with a late answer, over all samples.
-- column: customers      | bigint    | Customers with a late answer, over all samples.

with

counted as (
    select
        touchpoint_key,
        count(distinct(customer_key, journey_number)) filter (where is_late) as journeys,
        count(distinct customer_key) filter (where is_late) as customers
    from analysis.answers
    group by touchpoint_key
    having
        count(distinct customer_key) filter (where is_late) >= 30
        and count(distinct customer_key) filter (where not is_late) >= 30
)

select
    answers.touchpoint_key,
    samples.sample_number,
    count(*) filter (where answers.is_late) as late,
    count(*) filter (where answers.is_late and answers.is_bought_again) as late_again,
    count(*) filter (where not answers.is_late) as prompt,
    count(*) filter (where not answers.is_late and answers.is_bought_again) as prompt_again,
    any_value(counted.journeys) as journeys,
    any_value(counted.customers) as customers
from analysis.answers
inner join counted on answers.touchpoint_key = counted.touchpoint_key
inner join analysis.customer_samples as samples on answers.customer_key = samples.customer_key
group by answers.touchpoint_key, samples.sample_number
order by answers.touchpoint_key, samples.sample_number
