-- model:  identity.edges
-- about:  What joins identifiers: seen in one event, or by an 'always' rule; refused identifiers and 'never' pairs left out.
-- scope:  global
-- grain:  one row per joined pair
-- key:    left_key, right_key
-- reads:  identity.pairs, identity.rule_pairs, identity.refused_identifiers
-- column: left_key      | integer   | The one with the lesser key.
-- column: right_key     | integer   | The one with the greater key.
-- column: is_manual     | boolean   | Whether an 'always' rule joins them.
-- column: first_seen_at | timestamp | First event with both, UTC; null where only a rule joins them.

with

observed as (
    select
        pairs.left_key,
        pairs.right_key,
        pairs.first_seen_at
    from identity.pairs
    left join identity.refused_identifiers as one on pairs.left_key = one.identifier_key
    left join identity.refused_identifiers as other on pairs.right_key = other.identifier_key
    where
        one.identifier_key is null
        and other.identifier_key is null
)

select
    coalesce(observed.left_key, rule_pairs.left_key) as left_key,
    coalesce(observed.right_key, rule_pairs.right_key) as right_key,
    coalesce(rule_pairs.is_always, false) as is_manual,
    observed.first_seen_at
from observed
full join identity.rule_pairs
    on
        observed.left_key = rule_pairs.left_key
        and observed.right_key = rule_pairs.right_key
where not coalesce(rule_pairs.is_never, false)
