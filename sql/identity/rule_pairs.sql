-- model:  identity.rule_pairs
-- about:  The manual rules, on the identifiers they name.
-- scope:  global
-- grain:  one row per pair of identifiers
-- key:    left_key, right_key
-- reads:  config.identity_rules, identity.spellings, identity.identifiers
-- column: left_key  | integer | The one with the lesser key.
-- column: right_key | integer | The one with the greater key.
-- column: is_always | boolean | Whether a rule joins them.
-- column: is_never  | boolean | Whether a rule parts them; it wins over 'always'.
-- check:  error | not (is_always and is_never) | identity_rules.csv joins and parts the same two identifiers: remove one of the rules

with

spelling_keys as (
    select
        spellings.kind,
        spellings.spelling,
        identifiers.identifier_key
    from identity.spellings
    inner join identity.identifiers
        on
            spellings.kind = identifiers.kind
            and spellings.value = identifiers.value
)

select
    least(one.identifier_key, other.identifier_key) as left_key,
    greatest(one.identifier_key, other.identifier_key) as right_key,
    bool_or(identity_rules.rule = 'always') as is_always,
    bool_or(identity_rules.rule = 'never') as is_never
from config.identity_rules
inner join spelling_keys as one
    on
        identity_rules.kind_a = one.kind
        and identity_rules.value_a = one.spelling
inner join spelling_keys as other
    on
        identity_rules.kind_b = other.kind
        and identity_rules.value_b = other.spelling
where one.identifier_key != other.identifier_key
group by
    least(one.identifier_key, other.identifier_key),
    greatest(one.identifier_key, other.identifier_key)
