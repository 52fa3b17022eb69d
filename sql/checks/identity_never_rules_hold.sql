-- on: identity.components
-- severity: error
-- about: The two identifiers of a 'never' rule belong to different customers.

select
    rule_pairs.left_key,
    rule_pairs.right_key
from identity.rule_pairs
inner join identity.components as one on rule_pairs.left_key = one.identifier_key
inner join identity.components as other on rule_pairs.right_key = other.identifier_key
where
    rule_pairs.is_never
    and one.component_key = other.component_key
