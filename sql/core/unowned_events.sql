-- model:  core.unowned_events
-- about:  Events without a customer, because no identifier of theirs was accepted, with their touchpoint.
-- scope:  global
-- grain:  one row per event without a customer
-- key:    event_key
-- reads:  staging.events, identity.event_customers, core.event_kinds, core.touchpoints
-- params: tested_properties
-- column: event_key      | bigint    | Event of staging.events.
-- column: touchpoint_key | usmallint | Touchpoint of core.touchpoints.

select
    events.event_key,
    touchpoints.touchpoint_key
from staging.events
left join identity.event_customers as owners on events.event_key = owners.event_key
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
inner join core.touchpoints on kinds.touchpoint = touchpoints.touchpoint
where owners.event_key is null
order by events.event_key
