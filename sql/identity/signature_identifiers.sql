-- model:  identity.signature_identifiers
-- about:  The identifiers of each list, without junk; bots' lists too, where somebody else is known by them.
-- scope:  global
-- grain:  one row per list and identifier
-- key:    signature_key, identifier_key
-- reads:  identity.signatures, identity.spellings, identity.known_identifiers
-- column: signature_key  | bigint  | List of identifiers.
-- column: identifier_key | integer | Identifier in it.

with

spelling_keys as (
    select
        spellings.kind,
        spellings.spelling,
        known_identifiers.identifier_key
    from identity.spellings
    inner join identity.known_identifiers
        on
            spellings.kind = known_identifiers.kind
            and spellings.value = known_identifiers.value
    where known_identifiers.junk_code is null
),

mentioned as (
    select
        signature_key,
        coalesce(identifier.kind, '') as kind,
        coalesce(identifier.value, '') as spelling
    from identity.signatures, unnest(identifiers) as listed (identifier)
)

select distinct
    mentioned.signature_key,
    spelling_keys.identifier_key
from mentioned
inner join spelling_keys
    on
        mentioned.kind = spelling_keys.kind
        and mentioned.spelling = spelling_keys.spelling
