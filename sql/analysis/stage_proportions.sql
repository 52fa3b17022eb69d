-- model:  analysis.stage_proportions
-- about:  Share of the settled journeys that reached a stage before the goal and dropped with it as the stage of their last staged step, summed per customer.
-- scope:  global
-- grain:  one row per stage reached
-- key:    measure, item
-- reads:  core.steps, core.journeys, config.stages
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

visits as (
    select
        steps.customer_key,
        steps.journey_number,
        steps.stage_rank,
        journeys.outcome in ('lost', 'lapsed')
        and steps.step_number = max(steps.step_number) over (
            partition by steps.customer_key, steps.journey_number
        ) as is_exit
    from core.steps
    inner join core.journeys
        on
            steps.customer_key = journeys.customer_key
            and steps.journey_number = journeys.journey_number
    where steps.part = 'before' and steps.stage_rank is not null and journeys.is_settled
),

trials as (
    select
        stage_rank,
        customer_key,
        count(*) filter (where is_exit) as x,
        count(distinct journey_number) as n
    from visits
    group by stage_rank, customer_key
)

select
    'stage_exit_share' as measure,
    stages.stage as item,
    sum(x)::bigint as successes,
    sum(n)::bigint as trials,
    count(*) as customers,
    sum(x * x)::hugeint as sum_xx,
    sum(x * n)::hugeint as sum_xn,
    sum(n * n)::hugeint as sum_nn
from trials
inner join config.stages on trials.stage_rank = stages.stage_rank
group by stages.stage
order by stages.stage
