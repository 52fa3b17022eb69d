-- model:  core.visits
-- about:  Runs of consecutive equal touchpoints of one session and journey, collapsed to one visit: the steps, before their moves are judged.
-- scope:  customer
-- grain:  one row per step
-- key:    customer_key, journey_number, step_number
-- reads:  core.actions, core.outcomes, core.touchpoints
-- params: goal_grace_seconds, collapse_repeats
-- column: customer_key       | integer   | Customer.
-- column: journey_number     | integer   | Journey of the customer.
-- column: step_number        | integer   | Place in the journey, counted from 1; steps after the goal follow those before it.
-- column: part               | varchar   | 'before' the goal (and the goal itself), 'after' it, or 'service' in a service journey.
-- column: touchpoint_key     | usmallint | Touchpoint.
-- column: stage_rank         | integer   | Rank of the stage that fits the part; null for none.
-- column: session_number     | integer   | Session of the customer.
-- column: first_event_key    | bigint    | First event of the step.
-- column: first_event_number | integer   | Its place among the customer's events.
-- column: entered_at         | timestamp | First event, UTC.
-- column: left_at            | timestamp | Last event, UTC.
-- column: repeats            | bigint    | Events collapsed into it, at least 1.
-- check:  error | left_at >= entered_at | a step is left after it is entered

with

placed as (
    select
        actions.customer_key,
        actions.journey_number,
        actions.event_number,
        actions.event_key,
        actions.occurred_at,
        actions.touchpoint_key,
        actions.session_number,
        case
            when outcomes.outcome = 'service' then 'service'
            when
                actions.event_number > outcomes.goal_number
                or touchpoints.is_only_after_care
                and actions.session_number = outcomes.goal_session_number
                and outcomes.goal_at - actions.occurred_at <= to_seconds($goal_grace_seconds)
                then 'after'
            else 'before'
        end as part
    from core.actions
    inner join core.outcomes
        on
            actions.customer_key = outcomes.customer_key
            and actions.journey_number = outcomes.journey_number
    inner join core.touchpoints on actions.touchpoint_key = touchpoints.touchpoint_key
    where outcomes.loss_number is null or actions.event_number < outcomes.loss_number
),

-- A visit is told by its first event and by what stands before the next one: nothing is grouped.
marked as (
    select
        placed.*,
        row_number() over in_order as place,
        count(*) over whole as places,
        lag(occurred_at) over in_order as left_before,
        last_value(occurred_at) over whole as left_last,
        (
            not $collapse_repeats
            or touchpoint_key is distinct from lag(touchpoint_key) over in_order
            or session_number is distinct from lag(session_number) over in_order
            or part is distinct from lag(part) over in_order
        ) as is_entry
    from placed
    window
        in_order as (
            partition by customer_key, journey_number order by part = 'after', event_number
        ),
        whole as (in_order rows between unbounded preceding and unbounded following)
)

select
    marked.customer_key,
    marked.journey_number,
    (row_number() over in_order)::integer as step_number,
    marked.part,
    marked.touchpoint_key,
    if(
        marked.part = 'after', touchpoints.stage_after_goal_rank, touchpoints.stage_rank
    ) as stage_rank,
    marked.session_number,
    marked.event_key as first_event_key,
    marked.event_number as first_event_number,
    marked.occurred_at as entered_at,
    coalesce(lead(marked.left_before) over in_order, marked.left_last) as left_at,
    coalesce(lead(marked.place) over in_order, marked.places + 1) - marked.place as repeats
from marked
inner join core.touchpoints on marked.touchpoint_key = touchpoints.touchpoint_key
where marked.is_entry
window
    in_order as (partition by marked.customer_key, marked.journey_number order by marked.place)
order by marked.customer_key, marked.journey_number, step_number
