-- model:  identity.device_events
-- about:  Whose each event on a shared device is, by the setting device_policy.
-- scope:  global
-- grain:  one row per event and shared device it carries
-- key:    event_key, device_key
-- reads:  staging.events, core.channels, identity.event_signatures, identity.signature_identifiers, identity.signature_customers, identity.device_owners
-- params: device_policy
-- column: event_key     | bigint  | Event.
-- column: device_key    | integer | Shared device.
-- column: is_deciding   | boolean | Whether this device decides; false for all but the first of several.
-- column: named_key     | integer | Customer whom the event's other identifiers name; null where there is none.
-- column: component_key | integer | Customer it goes to.

with

devices as (
    select device_key, component_key as first_owner_key
    from identity.device_owners
    where is_first_owner
),

carried as (
    select
        event_signatures.event_key,
        devices.device_key,
        devices.first_owner_key,
        signature_customers.device_key = devices.device_key as is_deciding,
        signature_customers.component_key as named_key
    from devices
    inner join identity.signature_identifiers
        on devices.device_key = signature_identifiers.identifier_key
    inner join identity.signature_customers
        on signature_identifiers.signature_key = signature_customers.signature_key
    inner join identity.event_signatures
        on signature_identifiers.signature_key = event_signatures.signature_key
),

-- A bot's event goes where the others go, but says nothing about them.
timeline as (
    select
        carried.*,
        case when not coalesce(events.is_bot, false) then carried.named_key end as witnessed_key,
        events.occurred_at,
        coalesce(channels.channel_rank, 1000000) as channel_rank,
        events.source_sequence,
        events.event_id
    from carried
    inner join staging.events on carried.event_key = events.event_key
    left join core.channels on events.channel = channels.channel
),

followed as (
    select
        *,
        last_value(witnessed_key ignore nulls) over (
            on_device rows between unbounded preceding and current row
        ) as last_known_key,
        last_value(witnessed_key ignore nulls) over (
            on_device rows between unbounded preceding and unbounded following
        ) as last_owner_key
    from timeline
    window
        on_device as (
            partition by device_key
            order by occurred_at, channel_rank, source_sequence, event_id, event_key
        )
)

select
    event_key,
    device_key,
    is_deciding,
    named_key,
    case $device_policy
        when 'first_owner' then first_owner_key
        when 'last_owner' then coalesce(last_owner_key, first_owner_key)
        else coalesce(named_key, last_known_key, first_owner_key)
    end as component_key
from followed
