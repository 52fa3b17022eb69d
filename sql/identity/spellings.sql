-- model:  identity.spellings
-- about:  Every identifier as it was delivered or written in a rule, with its normalised value.
-- scope:  global
-- grain:  one row per kind and spelling
-- key:    kind, spelling
-- reads:  identity.signatures, config.identity_rules
-- params: remove_plus_tags, phone_country_code
-- column: kind          | varchar   | Kind of identifier; '' where the source gave none.
-- column: spelling      | varchar   | Value as it came; '' where it was null.
-- column: trimmed       | varchar   | Without white space and control characters around it.
-- column: value         | varchar   | Normalised: e-mail in lower case, phone as E.164, else trimmed.
-- column: is_always     | boolean   | Whether an 'always' rule names it.
-- column: first_seen_at | timestamp | First event that carried it, UTC; null where only rules name it.
-- column: last_seen_at  | timestamp | Last event that carried it, UTC; null where only rules name it.
-- column: mentions      | bigint    | How often events carried it.

with

mentioned as (
    select
        identifier.kind as kind,
        identifier.value as spelling,
        false as is_always,
        first_seen_at,
        last_seen_at,
        events as mentions
    from identity.signatures, unnest(identifiers) as listed (identifier)
    where first_seen_at is not null
    union all
    select kind_a, value_a, rule = 'always', null, null, 0
    from config.identity_rules
    union all
    select kind_b, value_b, rule = 'always', null, null, 0
    from config.identity_rules
),

spelled as (
    select
        coalesce(kind, '') as kind,
        coalesce(spelling, '') as spelling,
        bool_or(is_always) as is_always,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        sum(mentions)::bigint as mentions
    from mentioned
    group by coalesce(kind, ''), coalesce(spelling, '')
),

trimmed as (
    select
        *,
        regexp_replace(spelling, '^[\s\p{Z}\p{C}]+|[\s\p{Z}\p{C}]+$', '', 'g') as trimmed,
        regexp_replace($phone_country_code::varchar, '[^0-9]+', '', 'g') as country_code
    from spelled
),

-- A zero in brackets is the trunk prefix, dialled inside the country only.
digits as (
    select
        *,
        case
            when kind = 'phone'
                then
                    regexp_replace(
                        regexp_replace(trimmed, '\( *0 *\)', '', 'g'), '[^0-9]+', '', 'g'
                    )
        end as digits
    from trimmed
)

select
    kind,
    spelling,
    trimmed,
    case
        when kind = 'email' and $remove_plus_tags
            then regexp_replace(lower(trimmed), '\+[^@]*@', '@')
        when kind = 'email' then lower(trimmed)
        when kind != 'phone' then trimmed
        when digits = '' then ''
        when regexp_matches(trimmed, '^[^0-9]*\+') then '+' || digits
        when digits like '00%' and length(digits) > 2 then '+' || substr(digits, 3)
        when coalesce(country_code, '') = '' then digits
        when country_code = '1' and length(digits) = 11 and digits like '1%' then '+' || digits
        else '+' || country_code || ltrim(digits, '0')
    end as value,
    is_always,
    first_seen_at,
    last_seen_at,
    mentions
from digits
