-- model:  identity.crowded_signatures
-- about:  Lists so long that each identifier in them passes max_degree by that list alone; no pairs are made of them.
-- scope:  global
-- grain:  one row per crowded list
-- key:    signature_key
-- reads:  identity.signatures, identity.signature_identifiers
-- params: max_degree
-- column: signature_key | bigint | List of identifiers.
-- column: identifiers   | bigint | Different identifiers in it, without junk.

select
    signatures.signature_key,
    count(*) as identifiers
from identity.signatures
inner join identity.signature_identifiers
    on signatures.signature_key = signature_identifiers.signature_key
where
    len(signatures.identifiers) > $max_degree + 1
    and signatures.first_seen_at is not null
group by signatures.signature_key
having count(*) > $max_degree + 1
