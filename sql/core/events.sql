-- model:  core.events
-- about:  Every event of a customer in the customer's total order: the stored layout all later models read.
-- scope:  customer
-- grain:  one row per event that belongs to a customer
-- key:    event_key
-- reads:  staging.events, identity.event_customers, core.event_kinds, core.touchpoints, core.channels
-- params: tested_properties
-- column: customer_key     | integer   | Customer, dense; the table is stored in this order.
-- column: event_number     | integer   | Place among the customer's events, counted from 1 in the order (occurred_at, channel_rank, source_sequence, event_id); of one instant, after-care follows a goal.
-- column: event_key        | bigint    | Event of staging.events.
-- column: occurred_at      | timestamp | UTC.
-- column: touchpoint_key   | usmallint | Touchpoint of core.touchpoints.
-- column: is_action        | boolean   | Whether the customer did it and is no bot: only such events make sessions and journeys.
-- column: given_session_id | varchar   | Session the caller gave; null when sessions are cut here.
-- column: given_journey_id | varchar   | Journey the caller gave; null when journeys are cut here.

with

named as (
    select
        owners.customer_key,
        events.event_key,
        events.event_id,
        events.occurred_at,
        channels.channel_rank,
        events.source_sequence,
        events.is_bot,
        events.given_session_id,
        events.given_journey_id,
        kinds.touchpoint,
        kinds.repeat_touchpoint,
        kinds.rule_number
    from staging.events
    inner join identity.event_customers as owners on events.event_key = owners.event_key
    inner join core.channels on events.channel = channels.channel
    inner join core.event_kinds as kinds
        on
            events.channel = kinds.channel
            and coalesce(events.event_name, '') = kinds.event_name
            and coalesce(events.url, '') = kinds.url
            and case
                when len($tested_properties) = 0 then []::varchar[]
                else coalesce(
                    json_extract_string(
                        events.properties,
                        list_transform($tested_properties, lambda key: '$."' || key || '"')
                    ),
                    list_transform($tested_properties, lambda key: null::varchar)
                )
            end = kinds.tested_values
),

repeats as (
    select
        event_key,
        row_number() over (
            partition by customer_key, rule_number
            order by occurred_at, channel_rank, source_sequence, event_id, event_key
        ) > 1 as is_repeat
    from named
    where repeat_touchpoint is not null
),

coded as (
    select
        named.customer_key,
        named.event_key,
        named.event_id,
        named.occurred_at,
        named.channel_rank,
        named.source_sequence,
        named.given_session_id,
        named.given_journey_id,
        touchpoints.touchpoint_key,
        touchpoints.role = 'action' and not named.is_bot as is_action,
        touchpoints.is_goal,
        touchpoints.is_after_care
    from named
    left join repeats on named.event_key = repeats.event_key
    inner join core.touchpoints
        on
            if(coalesce(repeats.is_repeat, false), named.repeat_touchpoint, named.touchpoint)
            = touchpoints.touchpoint
),

goal_instants as (
    select distinct
        customer_key,
        occurred_at
    from coded
    where is_goal and is_action
)

select
    coded.customer_key,
    row_number() over (
        partition by coded.customer_key
        order by
            coded.occurred_at,
            coded.is_after_care and goal_instants.customer_key is not null,
            coded.channel_rank,
            coded.source_sequence,
            coded.event_id
    )::integer as event_number,
    coded.event_key,
    coded.occurred_at,
    coded.touchpoint_key,
    coded.is_action,
    coded.given_session_id,
    coded.given_journey_id
from coded
left join goal_instants
    on
        coded.customer_key = goal_instants.customer_key
        and coded.occurred_at = goal_instants.occurred_at
order by coded.customer_key, event_number
