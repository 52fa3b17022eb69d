-- model:  analysis.next_move_sums
-- about:  What followed settled visits before the goal, and the visits themselves, summed per customer.
-- scope:  sums
-- grain:  one row per (touchpoint, move), and one per touchpoint
-- key:    touchpoint_key, move
-- reads:  core.steps, core.journeys, core.touchpoints, analysis.customer_visits
-- column: touchpoint_key | usmallint | Touchpoint.
-- column: move           | varchar   | 'goal', 'loss', 'dropped' or the direction of the move; null for all visits.
-- column: visits         | bigint    | Visits after which it followed.
-- column: customers      | bigint    | Customers with such a visit.
-- column: sum_xx         | hugeint   | Sum of the squares of the customers' visits.
-- column: sum_xn         | hugeint   | Sum of the products of those and of all their visits to the touchpoint.

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

joined as (
    select
        moved.touchpoint_key,
        moved.move,
        moved.x,
        visits.visits as n
    from moved
    inner join analysis.customer_visits as visits
        on
            moved.touchpoint_key = visits.touchpoint_key
            and moved.customer_key = visits.customer_key
    union all
    select
        touchpoint_key,
        null as move,
        visits as x,
        visits as n
    from analysis.customer_visits
)

select
    joined.touchpoint_key,
    joined.move,
    sum(joined.x)::bigint as visits,
    count(*) as customers,
    sum(joined.x * joined.x)::hugeint as sum_xx,
    sum(joined.x * joined.n)::hugeint as sum_xn
from joined
inner join core.touchpoints on joined.touchpoint_key = touchpoints.touchpoint_key
where not touchpoints.is_goal and not touchpoints.is_loss
group by joined.touchpoint_key, joined.move
order by joined.touchpoint_key, joined.move
