-- on: identity.components
-- severity: error
-- about: A customer has one value of an exclusive kind at most, but where an 'always' rule joined two.

select
    components.component_key,
    identifiers.kind
from identity.components
inner join identity.identifiers on components.identifier_key = identifiers.identifier_key
where identifiers.is_exclusive
group by components.component_key, identifiers.kind
having
    count(*) > 1
    and components.component_key not in (
        select manual.component_key
        from identity.edges
        inner join identity.components as manual on edges.left_key = manual.identifier_key
        where edges.is_manual
    )
