-- model:  identity.owner_changes
-- about:  Identifiers whose customer_id is another than in the last published run.
-- scope:  global
-- grain:  one row per such identifier
-- key:    identifier_key
-- reads:  ops.identifier_owners, identity.identifiers, identity.components, identity.customers
-- column: identifier_key  | integer | Identifier.
-- column: old_customer_id | varchar | Customer it belonged to.
-- column: new_customer_id | varchar | Customer it belongs to.

select
    identifiers.identifier_key,
    identifier_owners.customer_id as old_customer_id,
    customers.customer_id as new_customer_id
from ops.identifier_owners
inner join identity.identifiers
    on
        identifier_owners.kind = identifiers.kind
        and identifier_owners.value = identifiers.value
inner join identity.components on identifiers.identifier_key = components.identifier_key
inner join identity.customers on components.component_key = customers.component_key
where identifier_owners.customer_id != customers.customer_id
