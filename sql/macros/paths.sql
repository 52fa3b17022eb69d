-- model:   macros.paths
-- about:   What people did step by step up to the goal: how many journeys went from where to where. $start is the touchpoint the paths start at, each customer's first visit to it; null takes every journey from its first step. $steps is the number of columns, $top how many touchpoints each column names, the rest being '(other)'. As Lab.paths counts.
-- scope:   global
-- grain:   one row per move between two neighbouring columns
-- key:     step, from_touchpoint, to_touchpoint, is_return
-- reads:   marts.step_flows
-- params:  start, steps, top
-- default: start | null
-- default: steps | 5
-- default: top | 6
-- column:  step             | bigint  | Column the move leaves, counted from 1.
-- column:  from_touchpoint  | varchar | Touchpoint there, '(other)', or the end the journey came to before.
-- column:  to_touchpoint    | varchar | Touchpoint of the next column, '(other)', '(converted)', '(dropped)', '(open)', or '(continues)' right of the last column.
-- column:  is_return        | boolean | Whether the touchpoint entered occurred before in the journey.
-- column:  journeys         | bigint  | Journeys that made the move; each step adds up to all of them.
-- column:  share            | double  | journeys ÷ all journeys of the picture.
-- column:  journeys_settled | bigint  | Of them, settled ones.
-- column:  conversion_rate  | double  | Share of the settled ones that converted; null without any.
-- column:  wait_p50_seconds | double  | Median wait from leaving one to entering the other; null where nobody moved on.
-- column:  wait_p90_seconds | double  | 90th percentile of it.

with

anchors as (
    select
        customer_id,
        journey_id,
        step_number
    from step_flows
    where part = 'before' and ($start is null and step_number = 1 or touchpoint = $start)
    qualify
        $start is null
        or row_number() over (
            partition by customer_id
            order by entered_at, journey_id, step_number
        ) = 1
),

walked as (
    select
        step_flows.customer_id,
        step_flows.journey_id,
        step_flows.step_number - anchors.step_number + 1 as step,
        step_flows.touchpoint,
        step_flows.next_touchpoint,
        step_flows.returns_next,
        step_flows.next_wait_seconds as wait_seconds,
        step_flows.is_settled,
        step_flows.outcome = 'converted' as is_converted
    from step_flows
    inner join anchors
        on
            step_flows.customer_id = anchors.customer_id
            and step_flows.journey_id = anchors.journey_id
    where
        step_flows.part = 'before'
        and step_flows.step_number between anchors.step_number and anchors.step_number + $steps - 1
),

named as (
    select
        step,
        touchpoint
    from walked
    group by step, touchpoint
    qualify row_number() over (partition by step order by count(*) desc, touchpoint) <= $top
),

moved as (
    select
        walked.step,
        coalesce(named.touchpoint, '(other)') as from_touchpoint,
        case
            when walked.returns_next is null then walked.next_touchpoint
            when walked.step = $steps then '(continues)'
            else coalesce(next_named.touchpoint, '(other)')
        end as to_touchpoint,
        walked.step < $steps and coalesce(walked.returns_next, false) as is_return,
        walked.wait_seconds,
        walked.is_settled,
        walked.is_converted
    from walked
    left join named on walked.step = named.step and walked.touchpoint = named.touchpoint
    left join named as next_named
        on walked.step + 1 = next_named.step and walked.next_touchpoint = next_named.touchpoint
    union all
    select
        unnest(range(step + 1, $steps + 1)) as step,
        next_touchpoint as from_touchpoint,
        next_touchpoint as to_touchpoint,
        false as is_return,
        null as wait_seconds,
        is_settled,
        is_converted
    from walked
    where returns_next is null
)

select
    step,
    from_touchpoint,
    to_touchpoint,
    is_return,
    count(*) as journeys,
    count(*) / sum(count(*)) over (partition by step) as share,
    count(*) filter (where is_settled) as journeys_settled,
    count(*) filter (where is_settled and is_converted)
    / nullif(count(*) filter (where is_settled), 0) as conversion_rate,
    quantile_cont(wait_seconds, 0.5) as wait_p50_seconds,
    quantile_cont(wait_seconds, 0.9) as wait_p90_seconds
from moved
group by step, from_touchpoint, to_touchpoint, is_return
order by step, journeys desc, from_touchpoint, to_touchpoint, is_return
