-- model:  analysis.customer_proportions
-- about:  Shares of customers who bought again and who came back.
-- scope:  global
-- grain:  one row per measure
-- key:    measure, item
-- reads:  core.actions, core.touchpoints, core.horizon
-- params: journey_timeout_days, assume_complete
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | What it is of.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

goals as (
    select
        actions.customer_key,
        actions.occurred_at,
        min(actions.occurred_at) over (partition by actions.customer_key) as first_at,
        row_number() over (
            partition by actions.customer_key order by actions.event_number
        ) as goal_number
    from core.actions
    inner join core.touchpoints on actions.touchpoint_key = touchpoints.touchpoint_key
    where touchpoints.is_goal
),

trials as (
    select
        'repeat_purchase_rate' as measure,
        goals.customer_key,
        bool_or(
            goals.goal_number > 1 and goals.occurred_at - goals.first_at <= to_days($journey_timeout_days)
        )::bigint as x
    from goals
    inner join core.horizon on true
    where $assume_complete or horizon.horizon_at - goals.first_at > to_days($journey_timeout_days)
    group by goals.customer_key
    union all
    select
        'retention_rate' as measure,
        actions.customer_key,
        bool_or(
            horizon.horizon_at - actions.occurred_at < to_days($journey_timeout_days)
        )::bigint as x
    from core.actions
    inner join core.horizon
        on horizon.horizon_at - actions.occurred_at < to_days(2 * $journey_timeout_days)
    where actions.occurred_at <= horizon.horizon_at
    group by actions.customer_key
    having bool_or(horizon.horizon_at - actions.occurred_at >= to_days($journey_timeout_days))
)

select
    measure,
    '' as item,
    sum(x)::bigint as successes,
    count(*) as trials,
    count(*) as customers,
    sum(x)::hugeint as sum_xx,
    sum(x)::hugeint as sum_xn,
    count(*)::hugeint as sum_nn
from trials
group by measure
order by measure
