-- model:  identity.device_owners
-- about:  The customers who use each shared device.
-- scope:  global
-- grain:  one row per shared device and owner
-- key:    device_key, component_key
-- reads:  identity.conflicts, identity.components
-- column: device_key     | integer | Shared identifier.
-- column: component_key  | integer | Owner, as the key of that customer's earliest identifier.
-- column: is_first_owner | boolean | Whether the device is a member of this customer.

with

met as (
    select shared_key as device_key, left_key as identifier_key
    from identity.conflicts
    where shared_key is not null
    union
    select shared_key, right_key
    from identity.conflicts
    where shared_key is not null
)

select
    met.device_key,
    owners.component_key,
    bool_or(met.device_key = met.identifier_key) as is_first_owner
from met
inner join identity.components as owners on met.identifier_key = owners.identifier_key
group by met.device_key, owners.component_key
