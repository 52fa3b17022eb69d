-- model:  identity.signature_customers
-- about:  Whom a list of identifiers names by itself: the exclusive identifier first, then the kind that ranks first, then the one seen first; shared devices name nobody.
-- scope:  global
-- grain:  one row per list with an accepted identifier
-- key:    signature_key
-- reads:  identity.signature_identifiers, identity.identifiers, identity.components, identity.device_owners
-- column: signature_key | bigint  | List of identifiers.
-- column: component_key | integer | Customer it names; null where it holds shared devices only.
-- column: device_key    | integer | Shared device in it, of several the first in the same order; null where there is none.

with

ranked as (
    select
        signature_identifiers.signature_key,
        signature_identifiers.identifier_key,
        components.component_key,
        devices.device_key,
        (not identifiers.is_exclusive, identifiers.kind_rank, identifiers.identifier_key) as place
    from identity.signature_identifiers
    inner join identity.identifiers
        on signature_identifiers.identifier_key = identifiers.identifier_key
    inner join identity.components
        on signature_identifiers.identifier_key = components.identifier_key
    left join (select distinct device_key from identity.device_owners) as devices
        on signature_identifiers.identifier_key = devices.device_key
)

select
    signature_key,
    arg_min(component_key, place) filter (where device_key is null) as component_key,
    arg_min(device_key, place) filter (where device_key is not null) as device_key
from ranked
group by signature_key
