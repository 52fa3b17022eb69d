-- model:  identity.event_signatures
-- about:  Which list of identifiers each event carries.
-- scope:  global
-- grain:  one row per event with identifiers
-- key:    event_key
-- reads:  staging.events, identity.signatures
-- column: event_key     | bigint | Event.
-- column: signature_key | bigint | Its list of identifiers.

select
    events.event_key,
    signatures.signature_key
from staging.events
inner join identity.signatures on events.identifiers = signatures.identifiers
