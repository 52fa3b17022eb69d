-- model:  identity.signatures
-- about:  Each list of identifiers that events carry, once: what identity has to look at.
-- scope:  global
-- grain:  one row per distinct list of identifiers, as delivered
-- key:    signature_key
-- reads:  staging.events
-- column: signature_key | bigint                                | Least event_key with the list.
-- column: identifiers   | struct(kind varchar, value varchar)[] | The list; never empty.
-- column: events        | bigint                                | Events with the list that no bot made.
-- column: first_seen_at | timestamp                             | Earliest of them, UTC; null where bots made them all.
-- column: last_seen_at  | timestamp                             | Latest of them, UTC; null where bots made them all.

select
    min(event_key) as signature_key,
    identifiers,
    count(*) filter (where not coalesce(is_bot, false)) as events,
    min(occurred_at) filter (where not coalesce(is_bot, false)) as first_seen_at,
    max(occurred_at) filter (where not coalesce(is_bot, false)) as last_seen_at
from staging.events
where len(identifiers) > 0
group by identifiers
