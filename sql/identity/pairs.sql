-- model:  identity.pairs
-- about:  Identifiers seen together in one event, bots' events left out.
-- scope:  global
-- grain:  one row per pair of identifiers
-- key:    left_key, right_key
-- reads:  identity.signatures, identity.signature_identifiers, identity.crowded_signatures
-- column: left_key      | integer   | The one with the lesser key.
-- column: right_key     | integer   | The one with the greater key.
-- column: first_seen_at | timestamp | First event with both, UTC.
-- column: events        | bigint    | Events with both.

select
    one.identifier_key as left_key,
    other.identifier_key as right_key,
    min(signatures.first_seen_at) as first_seen_at,
    sum(signatures.events)::bigint as events
from identity.signatures
inner join identity.signature_identifiers as one
    on signatures.signature_key = one.signature_key
inner join identity.signature_identifiers as other
    on
        one.signature_key = other.signature_key
        and one.identifier_key < other.identifier_key
left join identity.crowded_signatures as crowded
    on signatures.signature_key = crowded.signature_key
where
    signatures.first_seen_at is not null
    and crowded.signature_key is null
group by one.identifier_key, other.identifier_key
