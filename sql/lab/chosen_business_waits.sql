-- model:  lab.chosen_business_waits
-- about:  The waits of chosen journeys within business hours, as core.business_waits has them, so that its models run on them.
-- scope:  global
-- grain:  one row per chat or phone step that another follows in its part
-- key:    customer_key, journey_number, step_number
-- reads:  marts.steps, chosen
-- column: customer_key               | integer | Customer, numbered by customer_id among the chosen.
-- column: journey_number             | integer | Journey of the customer.
-- column: step_number                | integer | Step left.
-- column: business_wait_microseconds | bigint  | Business time from leaving it to entering the next step.

select
    chosen.customer_key,
    chosen.journey_number,
    steps.step_number - 1 as step_number,
    round(steps.business_wait_seconds * 1e6)::bigint as business_wait_microseconds
from steps
inner join chosen
    on steps.customer_id = chosen.customer_id and steps.journey_id = chosen.journey_id
where steps.business_wait_seconds is not null
order by chosen.customer_key, chosen.journey_number, steps.step_number
