-- model:  identity.known_identifiers
-- about:  Every normalised identifier with its number, and why it is junk where it is.
-- scope:  global
-- grain:  one row per kind and normalised value
-- key:    identifier_key
-- reads:  identity.spellings
-- params: kinds, exclusive_kinds, junk_values, test_domains, role_mailboxes, hash_inner_pad, hash_outer_pad
-- column: identifier_key  | integer   | A whole build counts from 0 in the order of first_seen_at, kind_rank, value, kind; what is joined again gets numbers above all others, in that order. The least of a customer's keys is its earliest identifier.
-- column: kind            | varchar   | Kind of identifier.
-- column: value           | varchar   | Normalised value; private.
-- column: identifier_hash | varchar   | First 32 hex digits of HMAC-SHA-256 of 'kind:value' (RFC 2104); what may be published of it.
-- column: kind_rank       | integer   | Place of the kind in the settings, from 1; kinds not named there share the last.
-- column: is_exclusive    | boolean   | Whether a customer has at most one of the kind.
-- column: is_always       | boolean   | Whether an 'always' rule names it; such a one is refused only when empty.
-- column: junk_code       | varchar   | Why it cannot identify anybody; null when it can.
-- column: first_seen_at   | timestamp | First event that carried it, UTC; null where only rules name it.
-- column: last_seen_at    | timestamp | Last event that carried it, UTC; null where only rules name it.
-- column: mentions        | bigint    | How often events carried it.

with

junk as (
    select
        list_transform($junk_values::varchar[], lambda word: lower(word)) as junk_values,
        list_transform($test_domains::varchar[], lambda domain: lower(domain)) as test_domains,
        list_transform($role_mailboxes::varchar[], lambda box: lower(box)) as role_mailboxes
),

judged as (
    select
        spellings.*,
        case
            when kind = '' then 'no_kind'
            when trimmed = '' or value = '' then 'empty'
            when lower(trimmed) in ('null', 'undefined', 'anonymous', '0') or value = '0'
                then 'placeholder'
            when regexp_matches(trimmed, '^\{?0{8}-?0{4}-?0{4}-?0{4}-?0{12}\}?$') then 'placeholder'
            when
                list_contains(junk_values, lower(trimmed))
                or list_contains(junk_values, lower(value))
                then 'junk_value'
            when kind != 'email' then null
            when
                len(list_filter(
                    test_domains,
                    lambda domain: ends_with(value, '@' || domain)
                    or (contains(value, '@') and ends_with(value, '.' || domain))
                )) > 0
                then 'test_domain'
            when
                list_contains(role_mailboxes, regexp_extract(value, '^([^@+]*)[^@]*@', 1))
                then 'role_mailbox'
        end as junk_code
    from identity.spellings
    cross join junk
),

merged as (
    select
        kind,
        value,
        coalesce(list_position($kinds::varchar[], kind), len($kinds::varchar[]) + 1)::integer
            as kind_rank,
        list_contains($exclusive_kinds::varchar[], kind) as is_exclusive,
        bool_or(is_always) as is_always,
        min(junk_code) as junk_code,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        sum(mentions)::bigint as mentions
    from judged
    group by kind, value
)

select
    (row_number() over (order by first_seen_at nulls last, kind_rank, value, kind) - 1)::integer
        as identifier_key,
    kind,
    value,
    left(
        sha256($hash_outer_pad || unhex(sha256($hash_inner_pad || encode(kind || ':' || value)))),
        32
    ) as identifier_hash,
    kind_rank,
    is_exclusive,
    is_always,
    case when not is_always or junk_code in ('empty', 'no_kind') then junk_code end as junk_code,
    first_seen_at,
    last_seen_at,
    mentions
from merged
