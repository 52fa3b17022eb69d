-- model:  marts.touchpoints
-- about:  The touchpoint inventory: every touchpoint that is defined or occurs, by phase and stage, with reach and when it was seen. One that was never seen has 0 events.
-- scope:  global
-- grain:  one row per touchpoint
-- key:    touchpoint
-- reads:  core.touchpoints, core.events, core.unowned_events, core.journeys, graph.touchpoint_reach, staging.events, config.efforts
-- column: touchpoint       | varchar   | Normalised name, channel:name.
-- column: label            | varchar   | Plain name; the name itself where none is given.
-- column: channel          | varchar   | Channel.
-- column: role             | varchar   | 'action' when the customer does it, 'context' when the brand does it.
-- column: phase            | varchar   | 'before', 'during' or 'after' purchase: its stage below, equal to or above the goal's; null without a stage or goal.
-- column: stage            | varchar   | Stage up to the goal; null for none.
-- column: stage_after_goal | varchar   | Stage after the goal; null for none.
-- column: is_goal          | boolean   | Whether it is a goal of a journey.
-- column: is_loss          | boolean   | Whether it ends a journey as lost.
-- column: is_refund        | boolean   | Whether it takes back the value of an order.
-- column: is_manual        | boolean   | Whether it is somebody's hand work.
-- column: owner            | varchar   | Who is responsible; null where not given.
-- column: waits_for        | varchar   | 'customer' or 'us': for whom the wait after it is; null where not given.
-- column: effort           | varchar   | How much work a change is, 'low', 'medium' or 'high', as the effort file says; null where it does not.
-- column: survey           | varchar   | 'csat' or 'nps' where it belongs to a survey; null for none.
-- column: is_invitation    | boolean   | Whether it asks for that survey's score.
-- column: is_defined       | boolean   | Whether the touchpoint file names it.
-- column: is_other         | boolean   | Whether it collects the events of its channel that no rule names.
-- column: events           | bigint    | Events, bots and events without a customer included; 0 when never seen.
-- column: customers        | bigint    | Customers with such an event.
-- column: journeys         | bigint    | Journeys with a step there, before or after the goal; service journeys left out.
-- column: reach            | double    | Settled journeys with a step there ÷ all settled journeys, service journeys left out; null without any.
-- column: event_share      | double    | events ÷ all events; null without any.
-- column: first_seen_at    | timestamp | First event, UTC; null when never seen.
-- column: last_seen_at     | timestamp | Last event, UTC; null when never seen.
-- check:  error | reach between 0 and 1 | a share lies in [0, 1]

with

occurred as (
    select
        touchpoint_key,
        occurred_at
    from core.events
    union all
    select
        unowned.touchpoint_key,
        events.occurred_at
    from core.unowned_events as unowned
    inner join staging.events on unowned.event_key = events.event_key
),

seen as (
    select
        touchpoint_key,
        count(*) as events,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at
    from occurred
    group by touchpoint_key
),

-- The touchpoints of a customer are bits of numbers, 64 to each: few numbers differ, and every
-- touchpoint is counted over these.
touched as (
    select
        block,
        bits,
        count(*) as customers
    from (
        select
            touchpoint_key // 64 as block,
            bit_or(1::ubigint << (touchpoint_key % 64)) as bits
        from core.events
        group by customer_key, block
    ) as by_customer
    group by block, bits
),

reached as (
    select
        touchpoints.touchpoint_key,
        sum(touched.customers)::bigint as customers
    from core.touchpoints
    inner join touched
        on
            touchpoints.touchpoint_key // 64 = touched.block
            and touched.bits >> (touchpoints.touchpoint_key % 64) & 1 = 1
    group by touchpoints.touchpoint_key
),

settled as (
    select count(*) as journeys
    from core.journeys
    where is_settled and outcome != 'service'
)

select
    touchpoints.touchpoint,
    touchpoints.label,
    touchpoints.channel,
    touchpoints.role,
    touchpoints.phase,
    touchpoints.stage,
    touchpoints.stage_after_goal,
    touchpoints.is_goal,
    touchpoints.is_loss,
    touchpoints.is_refund,
    touchpoints.is_manual,
    touchpoints.owner,
    touchpoints.waits_for,
    efforts.effort,
    touchpoints.survey,
    touchpoints.is_invitation,
    touchpoints.is_defined,
    not touchpoints.is_defined and touchpoints.touchpoint = touchpoints.channel || ':other' as is_other,
    coalesce(seen.events, 0) as events,
    coalesce(reached.customers, 0) as customers,
    coalesce(visited.journeys, 0) as journeys,
    coalesce(visited.journeys_settled, 0) / nullif(settled.journeys, 0) as reach,
    coalesce(seen.events, 0) / nullif(sum(seen.events) over (), 0) as event_share,
    seen.first_seen_at,
    seen.last_seen_at
from core.touchpoints
inner join settled on true
left join seen on touchpoints.touchpoint_key = seen.touchpoint_key
left join reached on touchpoints.touchpoint_key = reached.touchpoint_key
left join graph.touchpoint_reach as visited
    on touchpoints.touchpoint_key = visited.touchpoint_key
left join config.efforts on touchpoints.touchpoint = efforts.touchpoint
order by touchpoints.touchpoint
