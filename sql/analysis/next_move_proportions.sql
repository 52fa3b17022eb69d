-- model:  analysis.next_move_proportions
-- about:  What followed settled visits before the goal, by direction, summed per customer.
-- scope:  global
-- grain:  one row per (touchpoint, move)
-- key:    measure, item
-- reads:  core.steps, core.journeys, core.touchpoints, analysis.customer_visits
-- column: measure   | varchar | Name of the proportion.
-- column: item      | varchar | Touchpoint and move, joined by a space.
-- column: successes | bigint  | Trials that succeeded.
-- column: trials    | bigint  | Trials.
-- column: customers | bigint  | Customers with a trial.
-- column: sum_xx    | hugeint | Sum of the squares of the customers' successes.
-- column: sum_xn    | hugeint | Sum of the products of their successes and trials.
-- column: sum_nn    | hugeint | Sum of the squares of their trials.

with

moved as (
    select
        steps.customer_key,
        steps.previous_touchpoint_key as touchpoint_key,
        case
            when entered.is_goal then 'goal'
            when entered.is_loss then 'loss'
            else steps.direction
        end as move,
        count(*) as x
    from core.steps
    inner join core.journeys
        on
            steps.customer_key = journeys.customer_key
            and steps.journey_number = journeys.journey_number
    inner join core.touchpoints as entered on steps.touchpoint_key = entered.touchpoint_key
    where
        steps.part = 'before'
        and steps.previous_touchpoint_key is not null
        and journeys.is_settled
    group by steps.customer_key, steps.previous_touchpoint_key, move
    union all
    select
        customer_key,
        touchpoint_key,
        'dropped' as move,
        exits as x
    from analysis.customer_visits
    where exits > 0
),

totals as (
    select
        touchpoint_key,
        sum(visits)::bigint as trials,
        count(*) as customers,
        sum(visits * visits)::hugeint as sum_nn
    from analysis.customer_visits
    group by touchpoint_key
)

select
    'next_move' as measure,
    any_value(touchpoints.touchpoint) || ' ' || moved.move as item,
    sum(moved.x)::bigint as successes,
    any_value(totals.trials) as trials,
    any_value(totals.customers) as customers,
    sum(moved.x * moved.x)::hugeint as sum_xx,
    sum(moved.x * visits.visits)::hugeint as sum_xn,
    any_value(totals.sum_nn) as sum_nn
from moved
inner join core.touchpoints on moved.touchpoint_key = touchpoints.touchpoint_key
inner join totals on moved.touchpoint_key = totals.touchpoint_key
inner join analysis.customer_visits as visits
    on
        moved.touchpoint_key = visits.touchpoint_key
        and moved.customer_key = visits.customer_key
where not touchpoints.is_goal and not touchpoints.is_loss
group by moved.touchpoint_key, moved.move
order by item
