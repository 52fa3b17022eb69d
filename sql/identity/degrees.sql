-- model:  identity.degrees
-- about:  How many other identifiers each one was seen with.
-- scope:  global
-- grain:  one row per identifier seen with another
-- key:    identifier_key
-- reads:  identity.pairs, identity.crowded_signatures, identity.signature_identifiers
-- column: identifier_key | integer | Identifier.
-- column: degree         | bigint  | Different identifiers it was seen with, without junk; at least that many where it is in a crowded list.

with

ends as (
    select left_key as identifier_key, count(*) as degree
    from identity.pairs
    group by left_key
    union all
    select right_key, count(*)
    from identity.pairs
    group by right_key
),

paired as (
    select identifier_key, sum(degree)::bigint as degree
    from ends
    group by identifier_key
),

crowded as (
    select
        signature_identifiers.identifier_key,
        max(crowded_signatures.identifiers) - 1 as degree
    from identity.crowded_signatures
    inner join identity.signature_identifiers
        on crowded_signatures.signature_key = signature_identifiers.signature_key
    group by signature_identifiers.identifier_key
)

select
    coalesce(paired.identifier_key, crowded.identifier_key) as identifier_key,
    greatest(coalesce(paired.degree, 0), coalesce(crowded.degree, 0)) as degree
from paired
full join crowded on paired.identifier_key = crowded.identifier_key
