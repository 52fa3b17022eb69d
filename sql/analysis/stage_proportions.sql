-- model:  analysis.stage_proportions
-- about:  Share of the settled journeys that reached a stage before the goal and dropped with it as the stage of their last staged step, summed per customer.
-- scope:  sums
-- grain:  one row per stage reached
-- key:    measure, item
-- reads:  core.stage_moves, config.stages
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

visited as (
    select distinct
        to_stage as stage,
        customer_key,
        journey_number
    from core.stage_moves
    where is_settled
),

reached as (
    select
        stage,
        customer_key,
        count(*) as n
    from visited
    group by stage, customer_key
),

exits as (
    select
        from_stage as stage,
        customer_key,
        count(*) as x
    from core.stage_moves
    where is_settled and to_stage = '(dropped)'
    group by from_stage, customer_key
),

trials as (
    select
        stages.stage,
        coalesce(exits.x, 0) as x,
        reached.n
    from reached
    inner join config.stages on reached.stage = stages.stage
    left join exits on reached.stage = exits.stage and reached.customer_key = exits.customer_key
)

select
    'stage_exit_share' as measure,
    stage as item,
    sum(x)::bigint as successes,
    sum(n)::bigint as trials,
    count(*) as customers,
    sum(x * x)::hugeint as sum_xx,
    sum(x * n)::hugeint as sum_xn,
    sum(n * n)::hugeint as sum_nn
from trials
group by stage
order by stage
