-- model:  lab.touches_of_events
-- about:  Where people came from, in journeys up to the goal: campaigns of their actions, or the groups of origins of their sessions. Pages seen inside a session are no origin.
-- scope:  global
-- grain:  one row per action that tells an origin
-- key:    customer_id, journey_id, event_number
-- reads:  marts.events, marts.steps, marts.journeys, marts.touchpoints
-- params: kind
-- column: customer_id  | varchar   | Customer.
-- column: journey_id   | varchar   | Journey.
-- column: event_number | integer   | Place among the customer's events.
-- column: unit         | varchar   | What may earn credit: the campaign, the source named in its tags, or the group of origins of the session or of an action that carries a campaign's tags; '(none)' is none.
-- column: touched_at   | timestamp | When it happened, UTC.

with

ends as (
    select
        customer_id,
        journey_id,
        max(event_number) as last_number
    from steps
    where part = 'before'
    group by customer_id, journey_id
),

actions as (
    select
        customer_id,
        journey_id,
        event_number,
        touchpoint,
        source_group,
        utm_source,
        utm_campaign,
        coalesce(utm_source, utm_medium, utm_campaign) is not null as is_tagged,
        first_value(source_group) over in_session as session_group,
        row_number() over (
            partition by customer_id, session_id, journey_id order by event_number
        ) as number_in_session,
        occurred_at
    from main.events
    where role = 'action' and session_id is not null
    window in_session as (partition by customer_id, session_id order by event_number)
),

told as (
    select
        actions.customer_id,
        actions.journey_id,
        actions.event_number,
        case
            when $kind = 'campaign' then actions.utm_campaign
            when $kind = 'source' then actions.utm_source
            when actions.is_tagged then actions.source_group
            when actions.number_in_session = 1 then actions.session_group
        end as unit,
        actions.occurred_at as touched_at
    from actions
    inner join main.touchpoints on actions.touchpoint = touchpoints.touchpoint
    where not touchpoints.is_goal and not touchpoints.is_loss and not touchpoints.is_refund
)

select
    told.customer_id,
    told.journey_id,
    told.event_number,
    told.unit,
    told.touched_at
from told
inner join ends on told.customer_id = ends.customer_id and told.journey_id = ends.journey_id
inner join journeys
    on told.customer_id = journeys.customer_id and told.journey_id = journeys.journey_id
where
    told.unit not in ('', '(none)')
    and (
        told.event_number <= ends.last_number
        or journeys.outcome != 'converted' and told.touched_at <= journeys.ended_at
    )
