-- model:  identity.identifiers
-- about:  The accepted identifiers.
-- scope:  global
-- grain:  one row per accepted identifier
-- key:    identifier_key
-- reads:  identity.known_identifiers, identity.degrees, identity.refused_identifiers
-- column: identifier_key  | integer   | Within what hangs together in the order of first_seen_at, kind_rank, value, kind.
-- column: kind            | varchar   | Kind of identifier.
-- column: value           | varchar   | Normalised value; private.
-- column: identifier_hash | varchar   | Keyed hash of kind and value; unique, and the customer_id where it is a customer's earliest.
-- column: kind_rank       | integer   | Place of the kind in the settings, from 1; kinds not named there share the last.
-- column: is_exclusive    | boolean   | Whether a customer has at most one of the kind.
-- column: degree          | bigint    | Different identifiers it was seen with.
-- column: mentions        | bigint    | How often events carried it.
-- column: first_seen_at   | timestamp | First event that carried it, UTC; null where only rules name it.
-- column: last_seen_at    | timestamp | Last event that carried it, UTC; null where only rules name it.

select
    known_identifiers.identifier_key,
    known_identifiers.kind,
    known_identifiers.value,
    known_identifiers.identifier_hash,
    known_identifiers.kind_rank,
    known_identifiers.is_exclusive,
    coalesce(degrees.degree, 0) as degree,
    known_identifiers.mentions,
    known_identifiers.first_seen_at,
    known_identifiers.last_seen_at
from identity.known_identifiers
left join identity.degrees on known_identifiers.identifier_key = degrees.identifier_key
left join identity.refused_identifiers as refused
    on known_identifiers.identifier_key = refused.identifier_key
where refused.identifier_key is null
