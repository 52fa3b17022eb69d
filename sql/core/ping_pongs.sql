-- model:  core.ping_pongs
-- about:  Going to and fro between two touchpoints before the goal: unbroken runs of bounces (A, B, A, B, …).
-- scope:  customer
-- grain:  one row per run of bounces
-- key:    customer_key, journey_number, first_bounce_number
-- reads:  core.steps
-- column: customer_key           | integer     | Customer.
-- column: journey_number         | integer     | Journey of the customer.
-- column: first_bounce_number    | integer     | Step of the first bounce: the third of the run.
-- column: pair_keys              | usmallint[] | The two touchpoints, lesser key first.
-- column: entered_touchpoint_key | usmallint   | The one the run began at.
-- column: is_first               | boolean     | Whether it is the first run between the two in this part of the journey.
-- column: bounces                | bigint      | Steps that equal the one before the one they came from.
-- column: rounds                 | bigint      | Times it came back to where it began.

with

bounces as (
    select
        customer_key,
        journey_number,
        step_number,
        touchpoint_key,
        previous_touchpoint_key,
        step_number - row_number() over (
            partition by customer_key, journey_number order by step_number
        ) as run_number
    from core.steps
    where part = 'before' and is_bounce
),

runs as (
    select
        customer_key,
        journey_number,
        min(step_number) as first_bounce_number,
        list_sort([
            min_by(touchpoint_key, step_number), min_by(previous_touchpoint_key, step_number)
        ]) as pair_keys,
        min_by(touchpoint_key, step_number) as entered_touchpoint_key,
        count(*) as bounces,
        (count(*) + 1) // 2 as rounds
    from bounces
    group by customer_key, journey_number, run_number
)

select
    customer_key,
    journey_number,
    first_bounce_number,
    pair_keys,
    entered_touchpoint_key,
    row_number() over (
        partition by customer_key, journey_number, pair_keys order by first_bounce_number
    ) = 1 as is_first,
    bounces,
    rounds
from runs
order by customer_key, journey_number, first_bounce_number
