-- on:       graph.loops
-- severity: error
-- about:    Steps up to the goal = steps erased by loops (length x occurrences) + immediate repeats (self) + length of the erased path, which holds each touchpoint once.
with

walked as (
    select
        journeys.customer_key,
        journeys.journey_number,
        journeys.steps
    from core.journeys
    where journeys.outcome != 'service'
),

erased as (
    select
        customer_key,
        journey_number,
        sum(length) as steps
    from core.loop_walks
    group by customer_key, journey_number
)

select
    walked.customer_key,
    walked.journey_number,
    walked.steps,
    erased.steps as erased_steps
from walked
inner join erased
    on
        walked.customer_key = erased.customer_key
        and walked.journey_number = erased.journey_number
where walked.steps - erased.steps < 1
