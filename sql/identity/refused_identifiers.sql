-- model:  identity.refused_identifiers
-- about:  Identifiers that join nobody and name nobody, with the reason.
-- scope:  global
-- grain:  one row per refused identifier
-- key:    identifier_key
-- reads:  identity.known_identifiers, identity.degrees
-- params: max_degree
-- column: identifier_key  | integer   | Identifier.
-- column: kind            | varchar   | Kind of identifier; '' where the source gave none.
-- column: value           | varchar   | Normalised value; private.
-- column: identifier_hash | varchar   | Keyed hash of kind and value.
-- column: reason_code     | varchar   | 'empty', 'no_kind', 'placeholder', 'junk_value', 'test_domain', 'role_mailbox' or 'over_max_degree'.
-- column: reason          | varchar   | The same in a sentence.
-- column: degree          | bigint    | Different identifiers it was seen with; null for junk, which is not counted.
-- column: mentions        | bigint    | How often events carried it.
-- column: first_seen_at   | timestamp | First event that carried it, UTC; null where only rules name it.
-- column: last_seen_at    | timestamp | Last event that carried it, UTC; null where only rules name it.

with

refused as (
    select
        known_identifiers.*,
        degrees.degree,
        coalesce(known_identifiers.junk_code, 'over_max_degree') as reason_code
    from identity.known_identifiers
    left join identity.degrees on known_identifiers.identifier_key = degrees.identifier_key
    where
        known_identifiers.junk_code is not null
        or (degrees.degree > $max_degree and not known_identifiers.is_always)
)

select
    identifier_key,
    kind,
    value,
    identifier_hash,
    reason_code,
    case reason_code
        when 'no_kind' then 'the source gave no kind for it'
        when 'empty' then 'nothing is left of it after normalising'
        when 'placeholder' then 'it is a word or number written where nothing is known'
        when 'junk_value' then 'the setting junk_values names it'
        when 'test_domain' then 'its domain is one of the setting test_domains'
        when 'role_mailbox' then 'its mailbox is one of the setting role_mailboxes'
        else
            'it was seen with ' || degree || ' others; the setting max_degree allows '
            || $max_degree
    end as reason,
    degree,
    mentions,
    first_seen_at,
    last_seen_at
from refused
