-- model:  identity.components
-- about:  The customer each accepted identifier belongs to, as the key of the customer's earliest identifier.
-- scope:  global
-- grain:  one row per accepted identifier
-- key:    identifier_key
-- reads:  identity.identifiers, identity.raw_components, identity.contested_components
-- column: identifier_key | integer | Identifier.
-- column: component_key  | integer | Least identifier_key of the component: its earliest identifier.

select
    identifiers.identifier_key,
    coalesce(
        contested_components.component_key,
        raw_components.component_key,
        identifiers.identifier_key
    ) as component_key
from identity.identifiers
left join identity.raw_components
    on identifiers.identifier_key = raw_components.identifier_key
left join identity.contested_components
    on identifiers.identifier_key = contested_components.identifier_key
