-- model:  lab.drift
-- about:  How far each week's map lies from all weeks before it, over settled journeys by the week they started.
-- scope:  global
-- grain:  one row per week with settled journeys
-- key:    week_start_date
-- reads:  lab.weekly_moves, lab.started_weeks
-- params:
-- column: week_start_date   | date    | Monday of the week, UTC.
-- column: journeys          | bigint  | Settled journeys started in it.
-- column: journeys_open     | bigint  | Others started in it, not settled yet.
-- column: customers         | bigint  | Customers of the settled ones.
-- column: transitions       | bigint  | Their transitions.
-- column: transitions_before | bigint | Transitions of all weeks before.
-- column: distance          | double  | Total variation between the shares of edges: 0 for the same map, 1 for maps without a common edge; null for the first week.
-- column: is_immature       | boolean | Whether some journey of the week is not settled yet.
-- column: is_insufficient   | boolean | Whether fewer than 30 customers stand behind the week.

with

grid as (
    select
        totals.week_start_date,
        totals.transitions as week_transitions,
        coalesce(counted.transitions, 0) as transitions,
        sum(coalesce(counted.transitions, 0)) over (
            partition by edges.from_node, edges.to_node
            order by totals.week_start_date
            rows between unbounded preceding and 1 preceding
        ) as transitions_before
    from (
        select
            weekly.week_start_date,
            sum(weekly.transitions) as transitions
        from weekly_moves as weekly
        group by weekly.week_start_date
    ) as totals
    cross join (
        select distinct
            seen.from_node,
            seen.to_node
        from weekly_moves as seen
    ) as edges
    left join weekly_moves as counted
        on
            totals.week_start_date = counted.week_start_date
            and edges.from_node = counted.from_node
            and edges.to_node = counted.to_node
),

shared as (
    select
        week_start_date,
        transitions / week_transitions as week_share,
        transitions_before / nullif(sum(transitions_before) over (partition by week_start_date), 0)
            as share_before,
        transitions,
        transitions_before
    from grid
)

select
    shared.week_start_date,
    any_value(weeks.journeys) as journeys,
    any_value(weeks.journeys_open) as journeys_open,
    any_value(weeks.customers) as customers,
    sum(shared.transitions)::bigint as transitions,
    coalesce(sum(shared.transitions_before), 0)::bigint as transitions_before,
    sum(abs(shared.week_share - shared.share_before)) / 2 as distance,
    any_value(weeks.is_immature) as is_immature,
    any_value(weeks.customers) < 30 as is_insufficient
from shared
inner join started_weeks as weeks on shared.week_start_date = weeks.week_start_date
group by shared.week_start_date
order by shared.week_start_date
